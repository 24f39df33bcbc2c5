export { assertImports } from './assert-capabilities.js';
export { coreOwner, type RegistryEntry } from './contribution-registry.js';
export { discoverExtensions } from './discover-extensions.js';
export type { ExtensionCandidate } from './extension-candidate.js';
export { buildGeneration, type Generation, type GenerationInput } from './generation.js';
