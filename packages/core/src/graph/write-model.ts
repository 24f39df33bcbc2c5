import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExternalFolder } from './external-folder.js';
import type { GraphRecord, TensorRecord } from './graph-record.js';
import { writeNode, writePort, writeTensor } from './onnx-messages.js';
import { ProtobufWriter } from './protobuf-writer.js';

/** Versions of the format and of its operators. Those of 8-bit floats are asked for only where a tensor has them. */
const versions = { plain: { ir: 8, opset: 18 }, float8: { ir: 9, opset: 19 } } as const;
/** Nodes or tensors written before the event loop gets a turn. */
const SLICE = 200;

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
  for await (const nodes of slices(record.nodes)) {
    graph.push(
      written((out) => {
        for (const node of nodes) out.message(1, (inner) => writeNode(inner, node));
      }),
    );
  }
  graph.push(written((out) => out.string(2, name)));
  for await (const tensors of slices(record.tensors)) graph.push(...tensors.flatMap((tensor) => tensorChunks(tensor, files, embedded)));
  graph.push(
    written((out) => {
      for (const port of record.inputs) out.message(11, (inner) => writePort(inner, port));
      for (const port of record.outputs) out.message(12, (inner) => writePort(inner, port));
    }),
  );
  const length = graph.reduce((sum, chunk) => sum + chunk.length, 0);
  const kind = record.tensors.some(({ type }) => type.startsWith('float8')) ? 'float8' : 'plain';
  return [modelHead(length, versions[kind]), ...graph];
}

/** Everything of the model that is not its graph, and the opening of the graph field. */
const modelHead = (graphLength: number, { ir, opset }: (typeof versions)[keyof typeof versions]): Chunk =>
  written((out) => {
    out.int(1, ir);
    out.string(2, 'armature');
    for (const [domain, version] of Object.entries({ '': opset, 'com.microsoft': 1 })) {
      out.message(8, (opset) => {
        opset.string(1, domain);
        opset.int(2, version);
      });
    }
    out.header(7, graphLength);
  });

function tensorChunks(tensor: TensorRecord, files: ExternalFolder, embedded: ReadonlyMap<string, Uint8Array>): readonly Chunk[] {
  const raw = 'bytes' in tensor.source ? tensor.source.bytes : embedded.get(tensor.name);
  const body = written((out) => writeTensor(out, tensor, files, raw?.length ?? 0));
  const header = written((out) => out.header(5, body.length + (raw?.length ?? 0)));
  return raw ? [header, body, raw] : [header, body];
}

function written(write: (out: ProtobufWriter) => void): Chunk {
  const out = new ProtobufWriter();
  write(out);
  return out.bytes;
}

async function* slices<T>(items: readonly T[]): AsyncGenerator<readonly T[]> {
  for (let at = 0; at < items.length; at += SLICE) {
    yield items.slice(at, at + SLICE);
    await nextTurn();
  }
}
