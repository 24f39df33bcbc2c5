/** Small ONNX models written by hand, so that these tests need no other room. Field numbers are those of onnx.proto3. */

export interface FixtureNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Integer attributes. */
  readonly attributes?: Readonly<Record<string, number>>;
}
export interface FixtureValue {
  readonly name: string;
  readonly type?: 'float32' | 'int64';
  readonly shape: readonly (number | string)[];
}
export interface FixtureInitializer {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values?: readonly number[];
  /** `float16` only for external data. */
  readonly type?: keyof typeof TYPES;
  readonly external?: { readonly location: string; readonly offset: number; readonly length: number };
}
export interface FixtureModel {
  readonly nodes: readonly FixtureNode[];
  readonly inputs: readonly FixtureValue[];
  readonly outputs: readonly FixtureValue[];
  readonly initializers?: readonly FixtureInitializer[];
}

/** TensorProto.DataType. */
export const TYPES = { float32: 1, int64: 7, float16: 10 } as const;
const OPSET = 17;

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    bytes.push(rest > 0 ? low + 128 : low);
  } while (rest > 0);
  return bytes;
}
const number = (field: number, value: number): number[] => [...varint(field * 8), ...varint(value)];
const bytes = (field: number, value: Iterable<number>): number[] => {
  const content = [...value];
  return [...varint(field * 8 + 2), ...varint(content.length), ...content];
};
const text = (field: number, value: string): number[] => bytes(field, Buffer.from(value));

const attributeProto = ([name, value]: [string, number]): number[] => bytes(5, [...text(1, name), ...number(3, value), ...number(20, 2)]);

const nodeProto = ({ op, inputs, outputs, attributes = {} }: FixtureNode): number[] => [
  ...inputs.flatMap((name) => text(1, name)),
  ...outputs.flatMap((name) => text(2, name)),
  ...text(3, outputs[0] ?? op),
  ...text(4, op),
  ...Object.entries(attributes).flatMap(attributeProto),
];

function valueProto({ name, type = 'float32', shape }: FixtureValue): number[] {
  const dims = shape.flatMap((dim) => bytes(1, typeof dim === 'number' ? number(1, dim) : text(2, dim)));
  return [...text(1, name), ...bytes(2, bytes(1, [...number(1, TYPES[type]), ...bytes(2, dims)]))];
}

function initializerProto({ name, shape, values = [], type = 'float32', external }: FixtureInitializer): number[] {
  const head = [...shape.flatMap((dim) => number(1, dim)), ...number(2, TYPES[type]), ...text(8, name)];
  if (!external) {
    const data = type === 'float32' ? Float32Array.from(values) : BigInt64Array.from(values, BigInt);
    return [...head, ...bytes(9, new Uint8Array(data.buffer))];
  }
  const entries = Object.entries(external).flatMap(([key, value]) => bytes(13, [...text(1, key), ...text(2, String(value))]));
  return [...head, ...entries, ...number(14, 1)];
}

/** The model as a serialised ModelProto. */
export function onnxFixture({ nodes, inputs, outputs, initializers = [] }: FixtureModel): Uint8Array {
  const graph = [
    ...nodes.flatMap((node) => bytes(1, nodeProto(node))),
    ...text(2, 'fixture'),
    ...initializers.flatMap((tensor) => bytes(5, initializerProto(tensor))),
    ...inputs.flatMap((value) => bytes(11, valueProto(value))),
    ...outputs.flatMap((value) => bytes(12, valueProto(value))),
  ];
  return Uint8Array.from([...number(1, 8), ...bytes(7, graph), ...bytes(8, [...text(1, ''), ...number(2, OPSET)])]);
}
