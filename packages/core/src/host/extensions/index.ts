export { collectContributions } from './collect-contributions.js';
export { ContributionRegistry, coreOwner, type RegistryEntry } from './contribution-registry.js';
export { ExtensionLife } from './extension-life.js';
export type { ExtensionRecord } from './extension-record.js';
export { type Manifest, parseManifest } from './manifest.js';
export { problemOf } from './problem-of.js';
