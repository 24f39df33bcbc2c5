import { Tensor } from '@armature/sdk';
import { unfit } from './unfit.js';

/** A chunk of a prompt has room for so many. */
const mostVectors = 75;
const widest = 16_384;

/** Shape of the vectors of one word as [count, width]; one vector may come without its count. @throws HostError EMBEDDING_UNFIT */
export function vectorShape(path: string, shape: readonly number[]): readonly [count: number, width: number] {
  const [count = 0, width = 0] = shape.length === 1 ? [1, ...shape] : shape;
  if (shape.length < 1 || shape.length > 2) unfit(path, `its tensor has the shape [${shape}], not [vectors, width]`);
  if (count < 1 || count > mostVectors) unfit(path, `it has ${count} vectors; 1 to ${mostVectors} fit a prompt's chunk`);
  if (width < 1 || width > widest) unfit(path, `its vectors have ${width} numbers`);
  return [count, width];
}

/** @throws HostError EMBEDDING_UNFIT for values that are no numbers */
export function checkedVectors(path: string, values: ArrayLike<number>, [count, width]: readonly [count: number, width: number]): Tensor {
  if (values.length !== count * width) unfit(path, `${values.length} values do not fill [${count}, ${width}]`);
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) unfit(path, `vector ${Math.floor(i / width)} holds ${values[i]}`);
  }
  return new Tensor(values, [count, width]);
}
