import { Tensor } from '@armature/sdk';
import { openWeights } from '../../../packages/core/src/checkpoint/index.js';

/** All tensors of a safetensors file, in memory. */
export async function readTensors(path: string): Promise<ReadonlyMap<string, Tensor>> {
  const file = await openWeights(path);
  try {
    const tensors = [...file.keys].map(async (key): Promise<[string, Tensor]> => {
      const entry = file.get(key)!;
      return [key, new Tensor(await entry.read(), entry.shape)];
    });
    return new Map(await Promise.all(tensors));
  } finally {
    await file.close();
  }
}
