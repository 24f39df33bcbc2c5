export { buildGeneration, type Generation, type GenerationInput } from './generation.js';
