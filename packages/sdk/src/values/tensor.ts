/** Dimensions, outermost first. */
export type Shape = readonly number[];

const TENSOR = Symbol.for('armature.tensor');
let view: (tensor: Tensor) => Float32Array;

const sizeOf = (shape: Shape): number => shape.reduce((product, dim) => product * dim, 1);

function assertShape(length: number, shape: Shape): void {
  if (sizeOf(shape) !== length) throw new RangeError(`${length} values do not fill a tensor of shape [${shape.join(', ')}]`);
}

/**
 * An immutable float32 tensor, row-major. The buffer is private: every operation returns a new tensor and rounds to
 * float32 once, as the reference's CPU kernels do.
 */
export class Tensor {
  readonly #data: Float32Array;
  readonly shape: Shape;

  static {
    // A tensor of another copy of the SDK keeps its buffer to itself.
    view = (tensor) => (#data in tensor ? tensor.#data : (tensor as Tensor).toFloat32Array());
  }

  /** Copies `data`. @throws RangeError when the number of values does not match the shape. */
  constructor(data: ArrayLike<number>, shape: Shape) {
    assertShape(data.length, shape);
    this.#data = ownedArrays.has(data as object) ? (data as Float32Array) : Float32Array.from(data);
    this.shape = Object.freeze([...shape]);
  }

  /**
   * Takes `data` over without a copy: the caller's array is empty afterwards. A view of a part of a buffer is copied.
   * @throws RangeError when the number of values does not match the shape.
   */
  static take(data: Float32Array<ArrayBuffer>, shape: Shape): Tensor {
    assertShape(data.length, shape);
    const { buffer } = data;
    if (buffer.byteLength !== data.byteLength) return new Tensor(data, shape);
    return new Tensor(owned(new Float32Array(structuredClone(buffer, { transfer: [buffer] }))), shape);
  }

  get [TENSOR](): true {
    return true;
  }

  get size(): number {
    return this.#data.length;
  }

  /** A copy of the values. */
  toFloat32Array(): Float32Array {
    return this.#data.slice();
  }

  /** The value at a flat index; NaN outside the tensor. */
  at(index: number): number {
    return this.#data[index] ?? Number.NaN;
  }

  add(other: Tensor): this {
    return this.#zip(other, (a, b) => a + b);
  }

  sub(other: Tensor): this {
    return this.#zip(other, (a, b) => a - b);
  }

  mul(other: Tensor): this {
    return this.#zip(other, (a, b) => a * b);
  }

  /** Multiplies by a scalar, itself rounded to float32 first. */
  scale(factor: number): this {
    const k = Math.fround(factor);
    return this.map((a) => a * k);
  }

  /** Divides by a scalar, itself rounded to float32 first. */
  div(divisor: number): this {
    const k = Math.fround(divisor);
    return this.map((a) => a / k);
  }

  /** `this * (1 - t) + other * t`. */
  lerp(other: Tensor, t: number): this {
    return this.scale(1 - t).add(other.scale(t));
  }

  map(fn: (value: number, index: number) => number): this {
    const source = this.#data;
    const out = new Float32Array(source.length);
    for (let i = 0; i < out.length; i++) out[i] = fn(source[i] as number, i);
    return this.derive(out, this.shape);
  }

  /** Rows `start` (inclusive) to `end` (exclusive) of the outermost dimension. */
  rows(start: number, end: number): this {
    const [count = 0, ...rest] = this.shape;
    if (start < 0 || end > count || start > end) throw new RangeError(`rows ${start}..${end} lie outside a batch of ${count}`);
    const stride = sizeOf(rest);
    return this.derive(this.#data.slice(start * stride, end * stride), [end - start, ...rest]);
  }

  /** Joins tensors of equal inner shape along the outermost dimension. */
  concat(...others: readonly Tensor[]): this {
    const parts = [this as Tensor, ...others];
    const inner = this.shape.slice(1).join();
    for (const part of others)
      if (part.shape.slice(1).join() !== inner) throw new RangeError(`[${part.shape}] cannot join [${this.shape}]`);
    const out = new Float32Array(parts.reduce((sum, part) => sum + part.size, 0));
    let offset = 0;
    for (const part of parts) {
      out.set(view(part), offset);
      offset += part.size;
    }
    return this.derive(out, [parts.reduce((sum, part) => sum + (part.shape[0] ?? 0), 0), ...this.shape.slice(1)]);
  }

  sameShape(other: Tensor): boolean {
    return this.shape.length === other.shape.length && this.shape.every((dim, i) => dim === other.shape[i]);
  }

  /** A value of the same class over `data`, which is taken over, not copied. */
  protected derive(data: Float32Array, shape: Shape): this {
    const Class = this.constructor as new (data: ArrayLike<number>, shape: Shape) => this;
    return new Class(owned(data), shape);
  }

  #zip(other: Tensor, fn: (a: number, b: number) => number): this {
    if (!this.sameShape(other)) throw new RangeError(`shapes differ: [${this.shape}] and [${other.shape}]`);
    const a = this.#data;
    const b = view(other);
    const out = new Float32Array(a.length);
    for (let i = 0; i < out.length; i++) out[i] = fn(a[i] as number, b[i] as number);
    return this.derive(out, this.shape);
  }
}

/** Buffers whose ownership was handed over; a tensor adopts them without a copy. */
const ownedArrays = new WeakSet<object>();

/** Internal (`@armature/sdk/internal`): marks a buffer as given away, so that the next tensor built on it does not copy. */
export function owned(data: Float32Array): Float32Array {
  ownedArrays.add(data);
  return data;
}

/** Internal (`@armature/sdk/internal`): the live buffer. Callers read and never write. */
export const viewOf = (tensor: Tensor): Float32Array => view(tensor);

export const isTensor = (value: unknown): value is Tensor => typeof value === 'object' && value !== null && TENSOR in value;
