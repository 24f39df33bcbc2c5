import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EmitFn, EmittedGraph, FamilyNetwork, GraphPlan, WeightMap } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { findExternalFolder } from './external-folder.js';
import type { GraphRecord } from './graph-record.js';
import { OnnxGraphBuilder } from './onnx-graph-builder.js';
import { type Relocate, WeightShelf } from './weight-shelf.js';
import { writeModel } from './write-model.js';

/** The protobuf library in ONNX Runtime reads no message of 2 GiB or more. */
const MAX_MODEL_BYTES = 2 ** 31 - 1;
/** Bytes copied and hashed before the event loop gets a turn. */
const SLICE = 2 ** 23;

export interface EmitRequest {
  readonly plan: GraphPlan;
  readonly network: FamilyNetwork;
  /** May hold replaced entries; those are written into the graph as float32. */
  readonly weights: WeightMap;
  /** The file the weights were opened from, for messages. */
  readonly file: { readonly path: string };
  /** Where the values of a tensor lie as float32, when they do. */
  readonly relocate?: Relocate | undefined;
  /** `graph.module`: decorates the emit function of the module at a path. */
  readonly wrapModule?: ((path: string, emit: EmitFn) => EmitFn) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface EmissionResult extends EmittedGraph {
  /** Real folder below which the weights files lie. */
  readonly externalFolder: string;
  /** What its weights take once they are loaded as float32. */
  readonly weightBytes: number;
  readonly nodes: number;
  /** Inputs that a run may leave out. */
  readonly optional: readonly string[];
  /** SHA-256 of the bytes, hex. */
  readonly digest: string;
}

/**
 * Emits a network as an ONNX model whose tensors stay in the weights file.
 * @throws HostError GRAPH_ILLEGAL, CKPT_KEY_MISSING, CKPT_SHAPE_MISMATCH, CKPT_DTYPE, JOB_CANCELLED.
 */
export async function emitGraph({ plan, network, weights, file, relocate, wrapModule, signal }: EmitRequest): Promise<EmissionResult> {
  const shelf = new WeightShelf(weights, network.weightPrefix, { path: file.path, relocate });
  const g = new OnnxGraphBuilder({ plan, weights: shelf, wrapModule, signal });
  await network.emit(g);
  const record = g.record();
  const files = await findExternalFolder(filesOf(record, file.path));
  const embedded = await readReplaced(record, signal);
  const { bytes, digest } = await joinChunks(await writeModel(record, plan.network, files, embedded), plan.network);
  return {
    bytes,
    inputs: record.inputs.map(({ name }) => name),
    outputs: record.outputs.map(({ name }) => name),
    externalFolder: files.folder,
    weightBytes: shelf.bytes,
    nodes: record.nodes.length,
    optional: record.optional,
    digest,
  };
}

function filesOf({ tensors }: GraphRecord, path: string): ReadonlySet<string> {
  const named = tensors.flatMap(({ source }) => ('stored' in source ? [source.stored.path] : []));
  return new Set(named.length > 0 ? named : [path]);
}

async function readReplaced({ tensors }: GraphRecord, signal: AbortSignal | undefined): Promise<ReadonlyMap<string, Uint8Array>> {
  const replaced = new Map<string, Uint8Array>();
  for (const { name, shape, source } of tensors) {
    if (!('entry' in source)) continue;
    if (signal?.aborted) throw new HostError('JOB_CANCELLED');
    const values = await source.entry.read();
    const expected = shape.reduce((product, dim) => product * dim, 1);
    if (values.length !== expected) {
      throw new HostError('CKPT_SHAPE_MISMATCH', {
        path: 'the replaced weights',
        key: name,
        found: `${values.length} values`,
        expected: shape.join(','),
      });
    }
    replaced.set(name, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return replaced;
}

async function joinChunks(chunks: readonly Uint8Array[], network: string): Promise<{ bytes: Uint8Array; digest: string }> {
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (total > MAX_MODEL_BYTES) {
    const problem = `replaced weights make it ${total} bytes, the format ends at ${MAX_MODEL_BYTES}; replace fewer tensors`;
    throw new HostError('GRAPH_ILLEGAL', { network, node: 'model', key: 'no weight', problem });
  }
  const bytes = new Uint8Array(total);
  const hash = createHash('sha256');
  let at = 0;
  let sinceTurn = 0;
  for (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += SLICE) {
      const piece = chunk.subarray(start, start + SLICE);
      bytes.set(piece, at);
      hash.update(piece);
      at += piece.length;
      sinceTurn += piece.length;
      if (sinceTurn < SLICE) continue;
      await nextTurn();
      sinceTurn = 0;
    }
  }
  return { bytes, digest: hash.digest('hex') };
}
