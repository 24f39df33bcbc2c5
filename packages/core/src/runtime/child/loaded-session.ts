import type { InferenceSession, Tensor } from 'onnxruntime-node';

type Ort = typeof import('onnxruntime-node');

/** A session and what its inputs are fed when a run leaves them out. */
export class LoadedSession {
  readonly session: InferenceSession;
  /** Inputs that may be left out: tensors without a value. */
  readonly #empty: ReadonlyMap<string, Tensor>;

  constructor(ort: Ort, session: InferenceSession, optional: readonly string[]) {
    this.session = session;
    const wanted = new Set(optional);
    const inputs = session.inputMetadata.filter((input) => input.isTensor && wanted.has(input.name));
    this.#empty = new Map(inputs.map((input) => [input.name, emptyTensor(ort, input as InferenceSession.TensorValueMetadata)]));
  }

  /** @throws Error naming the input */
  left(name: string): Tensor {
    const empty = this.#empty.get(name);
    if (!empty) throw new Error(`input "${name}" was not fed`);
    return empty;
  }
}

function emptyTensor(ort: Ort, { type, shape }: InferenceSession.TensorValueMetadata): Tensor {
  const dims = shape.map((dim) => (typeof dim === 'number' && dim > 0 ? dim : 0));
  return type === 'int64' ? new ort.Tensor('int64', new BigInt64Array(0), dims) : new ort.Tensor('float32', new Float32Array(0), dims);
}
