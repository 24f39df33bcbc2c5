import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError } from '@armature/sdk/host';

/** The parts of a pipeline that hold weights of its networks. */
export const components = ['unet', 'vae', 'text_encoder', 'text_encoder_2'] as const;
export type Component = (typeof components)[number];

/** What the pipeline says it is; its presence makes a folder a model. */
export const indexName = 'model_index.json';

const endings = ['.safetensors', '.fp16.safetensors', '.bin', '.fp16.bin'] as const;

/**
 * The weights files of one part, as the libraries choose among several: whole files before 16-bit ones, safetensors before PyTorch's,
 * one in pieces by its index. Empty: the folder has no such part.
 * @throws HostError CKPT_FOLDER for an index that cannot be read, or names what is not there
 */
export async function componentFiles(folder: string, component: Component): Promise<readonly string[]> {
  const home = join(folder, component);
  const names: readonly string[] = await readdir(home).catch(() => []);
  const stems = component.startsWith('text') ? ['model', 'pytorch_model'] : ['diffusion_pytorch_model'];
  for (const ending of endings) {
    for (const stem of stems) {
      const [whole, index] = [`${stem}${ending}`, indexOf(stem, ending)];
      if (names.includes(index)) return piecesOf(folder, join(component, index), names);
      if (names.includes(whole)) return [join(home, whole)];
    }
  }
  return [];
}

/** `model.safetensors.index.json`, `model.safetensors.index.fp16.json`. */
const indexOf = (stem: string, ending: string): string =>
  ending.startsWith('.fp16') ? `${stem}${ending.slice(5)}.index.fp16.json` : `${stem}${ending}.index.json`;

async function piecesOf(folder: string, index: string, names: readonly string[]): Promise<readonly string[]> {
  const refuse = (problem: string): never => {
    throw new HostError('CKPT_FOLDER', { path: folder, problem: `${index} ${problem}` });
  };
  const text = await readFile(join(folder, index), 'utf8').catch(() => refuse('cannot be read'));
  let pieces: readonly unknown[];
  try {
    pieces = [...new Set(Object.values((JSON.parse(text) as { weight_map?: object }).weight_map ?? {}))];
  } catch {
    return refuse('is no JSON');
  }
  if (pieces.length === 0) return refuse('lists no files');
  return pieces.map((piece) => {
    // Only files beside the index: a name with a folder in it is not among them.
    if (typeof piece !== 'string' || !names.includes(piece)) return refuse(`names ${JSON.stringify(piece)}, which is not there`);
    return join(folder, index, '..', piece);
  });
}
