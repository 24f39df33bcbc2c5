export type * from './api/index.js';
export { capabilities, generationRequestSchema, hostDataSchema, hostVersion, settingsSchema } from './api/index.js';
export { meantHint, nearestNames } from './checkpoint/index.js';
export { assertImports, discoverExtensions, type ExtensionCandidate } from './generation/index.js';
export { createHost } from './host/create-host.js';
export { CLOCK, DEVICE, QUEUE, RNG, RUNTIME, TOKENIZER } from './host/host-tokens.js';
export { decodeImage, encodePicture, encodePng, type PictureFormat, replaceFile } from './image/index.js';
export { type Runtime, startRuntime } from './runtime/index.js';
export { latentUpscaleModes, resolveSampler } from './sampling/index.js';
