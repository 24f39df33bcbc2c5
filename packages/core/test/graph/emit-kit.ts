import { fileURLToPath } from 'node:url';
import type { EmitFn, FamilyNetwork, GraphBuilder, GraphPlan, Socket, WeightMap } from '@armature/sdk';
import { type EmissionResult, emitGraph } from '../../src/graph/index.js';
import { memoryWeights } from './memory-weights.js';

export interface EmitOptions {
  readonly weights?: WeightMap;
  readonly weightPrefix?: string;
  readonly sockets?: readonly Socket[];
  readonly variants?: GraphPlan['variants'];
  readonly wrapModule?: (path: string, emit: EmitFn) => EmitFn;
  readonly signal?: AbortSignal;
}

/** A real file to stand for the weights file of networks that need none. */
const here = { path: fileURLToPath(import.meta.url) };

/** Emits a network made for a test, named `net`. */
export function emitNetwork(emit: (g: GraphBuilder) => void | Promise<void>, options: EmitOptions = {}): Promise<EmissionResult> {
  const { weights = memoryWeights({}), weightPrefix = '', sockets = [], variants = {}, wrapModule, signal } = options;
  const network: FamilyNetwork = { name: 'net', weightPrefix, config: {}, emit: async (g) => emit(g) };
  const plan = { network: 'net', family: 'test', config: {}, sockets, variants };
  return emitGraph({ plan, network, weights, file: here, wrapModule, signal });
}

/** The code and data of the error that a network ends with. */
export const refusal = (
  emit: (g: GraphBuilder) => void | Promise<void>,
  options?: EmitOptions,
): Promise<{ code?: string; data?: Record<string, unknown> }> =>
  emitNetwork(emit, options).then(
    () => ({}),
    ({ code, data }) => ({ code, data }),
  );
