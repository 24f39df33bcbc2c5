import { type CatalogueEntry, HostError, type ModelDescription, type ModelProblem } from '@armature/sdk';
import type { Hypernetwork } from './hypernetwork.js';
import type { HypernetworkShelf } from './hypernetwork-shelf.js';

/** What attention looks at, by family. */
const bases: readonly (readonly [width: number, name: string])[] = [
  [768, 'SD 1.x'],
  [1024, 'SD 2.x'],
  [2048, 'SDXL'],
];

/** What a hypernetwork's file holds; it is read whole and checked. @throws HostError HYPERNET_UNFIT, CKPT_* */
export async function describeHypernetwork(shelf: HypernetworkShelf, entry: CatalogueEntry): Promise<ModelDescription> {
  const { network, metadata } = await shelf.read(entry);
  const counting = (await shelf.listing()).get(entry.name);
  const base = bases.find(([width]) => network.layers.has(width))?.[1];
  return {
    format: 'hypernetwork',
    ...(base !== undefined && { base }),
    triggers: [],
    facts: { ...factsOf(network), ...writtenFacts(metadata) },
    problems: counting && counting.path !== entry.path ? [shadowed(entry, counting)] : [],
  };
}

function factsOf({ layers, activation, activateOutput }: Hypernetwork): NonNullable<ModelDescription['facts']> {
  const [width = 1, parts] = [...layers][0] ?? [];
  const linear = parts?.k.filter(({ kind }) => kind === 'linear') ?? [];
  return {
    widths: [...layers.keys()].sort((a, b) => a - b).map(String),
    'layer structure': [1, ...linear.map(({ weight }) => (weight.shape[0] ?? 0) / width)].join(', '),
    activation: activateOutput ? `${activation}, also of the output` : activation,
    'layer normalisation': parts?.k.some(({ kind }) => kind === 'norm') ? 'yes' : 'no',
  };
}

/** Of two files of one name. */
function shadowed({ path }: CatalogueEntry, by: CatalogueEntry): ModelProblem {
  const { code, message } = new HostError('HYPERNET_UNFIT', { path, problem: `${by.path} has the same name and counts in its place` });
  return { code, message };
}

const keys: readonly (readonly [key: string, fact: string])[] = [
  ['name', 'name inside'],
  ['step', 'step'],
  ['sd_checkpoint_name', 'trained on'],
  ['sd_checkpoint', 'trained on the hash'],
  ['optional_info', 'notes'],
];

function writtenFacts(metadata: ReadonlyMap<string, string>): NonNullable<ModelDescription['facts']> {
  return Object.fromEntries(
    keys.flatMap(([key, fact]) => {
      const text = metadata.get(key);
      return text === undefined || text === '' || text === 'None' ? [] : [[fact, text.slice(0, 1000)]];
    }),
  );
}
