import { createHash } from 'node:crypto';

type Field = readonly [number: number, value: number | Buffer];

/** The fields of a protobuf message: numbers of varints, bytes of the rest. */
function* fields(message: Buffer): Generator<Field> {
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const kind = tag & 7;
    if (kind === 0) yield [tag >> 3, varint()];
    else {
      const length = kind === 2 ? varint() : 4;
      yield [tag >> 3, message.subarray(at, at + length)];
      at += length;
    }
  }
}

const all = (message: Buffer, number: number): readonly Buffer[] =>
  [...fields(message)].flatMap(([field, value]) => (field === number && Buffer.isBuffer(value) ? [value] : []));
const text = (message: Buffer, number: number): string => all(message, number)[0]?.toString() ?? '';

/** The tensors of the weights file that an ONNX model refers to. */
export const weightNames = (bytes: Uint8Array): readonly string[] =>
  all(all(Buffer.from(bytes), 7)[0]!, 5)
    .map((tensor) => text(tensor, 8))
    .filter((name) => !name.startsWith('%'))
    .sort();

/** What an ONNX model is made of, read back from its bytes. */
export function summarise(bytes: Uint8Array) {
  const graph = all(Buffer.from(bytes), 7)[0]!;
  const ops: Record<string, number> = {};
  for (const node of all(graph, 1)) ops[text(node, 4)] = (ops[text(node, 4)] ?? 0) + 1;
  const tensors = all(graph, 5).map((tensor) => text(tensor, 8));
  const weights = tensors.filter((name) => !name.startsWith('%')).sort();
  return {
    inputs: all(graph, 11).map((port) => text(port, 1)),
    outputs: all(graph, 12).map((port) => text(port, 1)),
    ops: Object.fromEntries(Object.entries(ops).sort()),
    constants: tensors.length - weights.length,
    weights: weights.length,
    firstWeight: weights[0],
    weightNames: createHash('sha256').update(weights.join('\n')).digest('hex'),
  };
}
