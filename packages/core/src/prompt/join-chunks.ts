import { Tensor } from '@armature/sdk';
import { owned, viewOf } from '@armature/sdk/internal';

/** Hidden states of a prompt's chunks, each [1, 77, width], one behind the other: [1, 77 · chunks, width]. */
export function joinChunks(chunks: readonly Tensor[]): Tensor {
  const [first] = chunks;
  if (!first) throw new RangeError('a prompt has at least one chunk');
  const width = first.shape[2] as number;
  const size = chunks.reduce((sum, chunk) => sum + chunk.size, 0);
  const data = new Float32Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    if (chunk.shape[0] !== 1 || chunk.shape[2] !== width)
      throw new RangeError(`a chunk of [${chunk.shape}] cannot join one of [${first.shape}]`);
    data.set(viewOf(chunk), offset);
    offset += chunk.size;
  }
  return new Tensor(owned(data), [1, size / width, width]);
}
