/** A tensor of a file made for a test. */
export interface MadeTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Any header text before any data, as the format lays them out. */
export function withHeaderText(header: string | Uint8Array, data: Uint8Array = new Uint8Array()): Buffer {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}

/** A well-formed safetensors file. */
export function safetensorsBytes(tensors: Readonly<Record<string, MadeTensor>>, metadata?: Readonly<Record<string, string>>): Buffer {
  let end = 0;
  const entries = Object.entries(tensors).map(([key, { dtype, shape, data }]) => {
    const start = end;
    end += data.length;
    return `${JSON.stringify(key)}:${JSON.stringify({ dtype, shape, data_offsets: [start, end] })}`;
  });
  if (metadata) entries.unshift(`"__metadata__":${JSON.stringify(metadata)}`);
  return withHeaderText(`{${entries.join(',')}}`, Buffer.concat(Object.values(tensors).map(({ data }) => data)));
}

/** A small float32 tensor. */
export const floats = (shape: readonly number[], value = 0): MadeTensor => ({
  dtype: 'F32',
  shape,
  data: new Uint8Array(new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value).buffer),
});
