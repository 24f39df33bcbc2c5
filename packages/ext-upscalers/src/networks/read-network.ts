import type { WeightMap } from '@armature/sdk';
import { readCompact } from './compact.js';
import { readEsrgan } from './esrgan.js';
import { readSwinIr } from './swin-ir/read-swin-ir.js';
import type { TensorShapes, UpscalingNetwork } from './upscaling-network.js';

/** A network and what stands in front of its tensors' names in the file. */
export interface FoundNetwork {
  readonly prefix: string;
  readonly network: UpscalingNetwork;
}

/** What training tools put the tensors into; the averaged ones first. */
const prefixes = ['params_ema.', 'params-ema.', 'params.', 'model.', 'net.', ''];
/** In this order: names of the later ones are also found in files of the earlier. */
const readers: readonly ((shapes: TensorShapes) => UpscalingNetwork | undefined)[] = [readSwinIr, readEsrgan, readCompact];

/** Undefined: the file's tensors are those of no network that is known here. */
export function readNetwork(weights: WeightMap): FoundNetwork | undefined {
  for (const prefix of prefixes) {
    const keys = [...weights.keys].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
    const shapes: TensorShapes = { keys, of: (key) => weights.get(prefix + key)?.shape };
    const network = readers.reduce<UpscalingNetwork | undefined>((found, read) => found ?? read(shapes), undefined);
    if (network) return { prefix, network };
  }
  return undefined;
}
