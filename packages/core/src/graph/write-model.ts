import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Dim, ElementType } from '@armature/sdk';
import type { ExternalFolder } from './external-folder.js';
import type { GraphRecord, NodeRecord, PortRecord, StoredType, TensorRecord } from './graph-record.js';
import type { AttributeValue } from './op-input.js';
import { type AttributeKind, opTable } from './op-table.js';
import { ProtobufWriter } from './protobuf-writer.js';

/** Field numbers of onnx.proto3 and values of its enums. */
const IR_VERSION = 8;
const OPSET = 18;
const elementType: Readonly<Record<StoredType, number>> = { float32: 1, int64: 7, bool: 9, float16: 10, bfloat16: 16 };
const attributeType: Readonly<Record<AttributeKind, number>> = { float: 1, int: 2, type: 2, string: 3, ints: 7 };
const EXTERNAL = 1;
const NODES_A_SLICE = 250;

type Chunk = Uint8Array;

/**
 * The chunks of an ONNX ModelProto, in order. Tensors of the weights file are written as places in that file; `embedded`
 * holds the bytes of tensors that were replaced.
 */
export async function writeModel(
  record: GraphRecord,
  name: string,
  files: ExternalFolder,
  embedded: ReadonlyMap<string, Uint8Array>,
): Promise<readonly Chunk[]> {
  const graph: Chunk[] = [];
  for (let at = 0; at < record.nodes.length; at += NODES_A_SLICE) {
    graph.push(
      written((out) => record.nodes.slice(at, at + NODES_A_SLICE).forEach((node) => out.message(1, (inner) => writeNode(inner, node)))),
    );
    await nextTurn();
  }
  graph.push(written((out) => out.string(2, name)));
  for (let at = 0; at < record.tensors.length; at += NODES_A_SLICE) {
    for (const tensor of record.tensors.slice(at, at + NODES_A_SLICE)) graph.push(...tensorChunks(tensor, files, embedded));
    await nextTurn();
  }
  graph.push(written((out) => record.inputs.forEach((port) => writePort(out, 11, port))));
  graph.push(written((out) => record.outputs.forEach((port) => writePort(out, 12, port))));
  const head = written((out) => {
    out.int(1, IR_VERSION);
    out.string(2, 'armature');
    for (const [domain, version] of [
      ['', OPSET],
      ['com.microsoft', 1],
    ] as const) {
      out.message(8, (opset) => {
        opset.string(1, domain);
        opset.int(2, version);
      });
    }
    out.header(
      7,
      graph.reduce((sum, chunk) => sum + chunk.length, 0),
    );
  });
  return [head, ...graph];
}

function written(write: (out: ProtobufWriter) => void): Chunk {
  const out = new ProtobufWriter();
  write(out);
  return out.bytes;
}

function writeNode(out: ProtobufWriter, { name, op, inputs, output, attributes }: NodeRecord): void {
  for (const input of inputs) out.string(1, input);
  out.string(2, output);
  out.string(3, name);
  out.string(4, op);
  for (const [attribute, value] of Object.entries(attributes)) {
    const kind = opTable[op].attributes[attribute];
    if (kind) out.message(5, (inner) => writeAttribute(inner, attribute, kind, value));
  }
  if (opTable[op].domain) out.string(7, opTable[op].domain);
}

function writeAttribute(out: ProtobufWriter, name: string, kind: AttributeKind, value: AttributeValue): void {
  out.string(1, name);
  if (kind === 'float') out.float(2, value as number);
  if (kind === 'int') out.int(3, value as number);
  if (kind === 'type') out.int(3, elementType[value as ElementType]);
  if (kind === 'string') out.string(4, value as string);
  if (kind === 'ints') for (const item of value as readonly number[]) out.int(8, item);
  out.int(20, attributeType[kind]);
}

function tensorChunks(tensor: TensorRecord, files: ExternalFolder, embedded: ReadonlyMap<string, Uint8Array>): readonly Chunk[] {
  const { name, type, shape, source } = tensor;
  const bytes = 'bytes' in source ? source.bytes : embedded.get(name);
  const body = written((out) => {
    for (const dim of shape) out.int(1, dim);
    out.int(2, elementType[type]);
    out.string(8, name);
    if ('stored' in source) {
      writePlace(out, 'location', files.locate(source.stored.path));
      writePlace(out, 'offset', String(source.stored.offset));
      writePlace(out, 'length', String(source.stored.byteLength));
      out.int(14, EXTERNAL);
    } else out.header(9, bytes?.length ?? 0);
  });
  const header = written((out) => out.header(5, body.length + (bytes?.length ?? 0)));
  return bytes ? [header, body, bytes] : [header, body];
}

function writePlace(out: ProtobufWriter, key: string, value: string): void {
  out.message(13, (entry) => {
    entry.string(1, key);
    entry.string(2, value);
  });
}

/** A plain name stays in the model; a length that was worked out (`8*h`) is left open. */
const isName = (dim: Dim): dim is string => typeof dim === 'string' && /^[A-Za-z][\w.:-]*$/.test(dim);

function writePort(out: ProtobufWriter, field: number, { name, type, shape }: PortRecord): void {
  out.message(field, (port) => {
    port.string(1, name);
    port.message(2, (holder) =>
      holder.message(1, (tensor) => {
        tensor.int(1, elementType[type]);
        tensor.message(2, (dims) =>
          shape.forEach((dim) => dims.message(1, (out) => (typeof dim === 'number' ? out.int(1, dim) : isName(dim) && out.string(2, dim)))),
        );
      }),
    );
  });
}
