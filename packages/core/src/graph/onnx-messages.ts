import type { Dim, ElementType } from '@armature/sdk';
import type { ExternalFolder } from './external-folder.js';
import type { BranchRecord, NodeRecord, PortRecord, StoredType, TensorRecord } from './graph-record.js';
import type { AttributeValue } from './op-input.js';
import { type AttributeKind, opTable } from './op-table.js';
import type { ProtobufWriter } from './protobuf-writer.js';

// Field numbers are those of onnx.proto3 (NodeProto, AttributeProto, TensorProto, ValueInfoProto).

const elementType: Readonly<Record<StoredType, number>> = {
  ...{ float32: 1, int64: 7, bool: 9, float16: 10, bfloat16: 16 },
  ...{ float8e4m3fn: 17, float8e5m2: 19 },
};
const attributeType: Readonly<Record<AttributeKind, number>> = { float: 1, int: 2, type: 2, string: 3, ints: 7 };
/** TensorProto.DataLocation. */
const EXTERNAL = 1;

/** AttributeProto.AttributeType of a graph. */
const GRAPH = 5;

export function writeNode(out: ProtobufWriter, node: NodeRecord): void {
  const { name, op, inputs, output, attributes, branches } = node;
  if (op === 'If') {
    for (const input of inputs) out.string(1, input);
    out.string(2, output);
    out.string(3, name);
    out.string(4, op);
    if (branches) writeBranches(out, branches);
    return;
  }
  const { domain, attributes: kinds } = opTable[op];
  for (const input of inputs) out.string(1, input);
  out.string(2, output);
  out.string(3, name);
  out.string(4, op);
  for (const [attribute, value] of Object.entries(attributes)) {
    out.message(5, (inner) => writeAttribute(inner, attribute, kinds[attribute]!, value));
  }
  if (domain) out.string(7, domain);
}

function writeBranches(out: ProtobufWriter, { whenTrue, whenFalse }: NonNullable<NodeRecord['branches']>): void {
  for (const [attribute, branch] of Object.entries({ then_branch: whenTrue, else_branch: whenFalse })) {
    out.message(5, (inner) => {
      inner.string(1, attribute);
      inner.message(6, (graph) => writeBranch(graph, attribute, branch));
      inner.int(20, GRAPH);
    });
  }
}

function writeBranch(out: ProtobufWriter, name: string, { nodes, output }: BranchRecord): void {
  for (const node of nodes) out.message(1, (inner) => writeNode(inner, node));
  out.string(2, name);
  out.message(12, (inner) => writePort(inner, output));
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

/** All of a tensor but raw bytes: with `rawLength` the field that the caller puts them into is opened at the end. */
export function writeTensor(
  out: ProtobufWriter,
  { name, type, shape, source }: TensorRecord,
  files: ExternalFolder,
  rawLength: number,
): void {
  for (const dim of shape) out.int(1, dim);
  out.int(2, elementType[type]);
  out.string(8, name);
  if ('stored' in source) {
    writePlace(out, 'location', files.locate(source.stored.path));
    writePlace(out, 'offset', String(source.stored.offset));
    writePlace(out, 'length', String(source.stored.byteLength));
    out.int(14, EXTERNAL);
  } else out.header(9, rawLength);
}

function writePlace(out: ProtobufWriter, key: string, value: string): void {
  out.message(13, (entry) => {
    entry.string(1, key);
    entry.string(2, value);
  });
}

/** An input or output of the graph. */
export function writePort(out: ProtobufWriter, { name, type, shape }: PortRecord): void {
  out.string(1, name);
  out.message(2, (holder) => {
    holder.message(1, (tensor) => {
      tensor.int(1, elementType[type]);
      tensor.message(2, (dims) => {
        for (const dim of shape) dims.message(1, (length) => writeDim(length, dim));
      });
    });
  });
}

/** A plain name stays in the model; a length that was worked out (`8*h`) is left open. */
function writeDim(out: ProtobufWriter, dim: Dim): void {
  if (typeof dim === 'number') out.int(1, dim);
  else if (/^[A-Za-z][\w.:/-]*$/.test(dim)) out.string(2, dim);
}
