import type { Shape } from './tensor.js';

/** An immutable int64 tensor: token ids, positions. */
export class IntTensor {
  readonly values: readonly number[];
  readonly shape: Shape;

  constructor(values: Iterable<number>, shape: Shape) {
    this.values = Object.freeze([...values]);
    this.shape = Object.freeze([...shape]);
    const size = shape.reduce((product, dim) => product * dim, 1);
    if (size !== this.values.length) throw new RangeError(`${this.values.length} values do not fill shape [${shape.join(', ')}]`);
  }
}
