/** Other words that stand for a control type in names of models. */
const aliases: Readonly<Record<string, readonly string[]>> = {
  instructp2p: ['ip2p'],
  segmentation: ['seg'],
  normalmap: ['normal'],
  't2i-adapter': ['t2i_adapter', 't2iadapter', 't2ia'],
  'ip-adapter': ['ip_adapter', 'ipadapter'],
  openpose: ['openpose', 'densepose'],
  'instant-id': ['instant_id', 'instantid'],
  scribble: ['sketch'],
  tile: ['blur'],
};
/** Types that one model for several may serve. */
const united = ['openpose', 'depth', 'softedge', 'canny', 'lineart', 'mlsd', 'normalmap', 'segmentation', 'tile', 'inpaint', 'scribble'];

/** Models whose name says that they are of a control type; `None` first. */
export function modelsFor(type: string, names: readonly string[]): readonly string[] {
  const word = type.toLowerCase();
  const words = [word, ...(aliases[word] ?? []), ...(united.includes(word) ? ['union'] : [])];
  const fits = (name: string): boolean => type === 'All' || words.some((each) => name.toLowerCase().includes(each));
  return ['None', ...names.filter(fits)];
}

/** Of a type's models the one that is chosen first: one of version 1.1, else the first. */
export const preferredModel = (models: readonly string[]): string | undefined =>
  models.find((name) => name.split('[')[0]!.includes('11')) ?? models[1];
