export { type EmissionResult, type EmitRequest, emitGraph } from './emit-graph.js';
