export { coreOwner } from './contribution-registry.js';
export { buildGeneration, type Generation, type GenerationInput } from './generation.js';
