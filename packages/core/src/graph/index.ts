export { type EmissionResult, type EmitRequest, emitGraph } from './emit-graph.js';
export { requiredWeights } from './required-weights.js';
