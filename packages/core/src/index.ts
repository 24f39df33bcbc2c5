export { nearestNames } from './checkpoint/index.js';
export { createHost } from './host/create-host.js';
export type * from './host/host-api.js';
export { DEVICE, QUEUE, RNG, RUNTIME, TOKENIZER } from './host/host-tokens.js';
export { hostVersion } from './host/host-version.js';
export { encodePng } from './image/index.js';
export { generationRequestSchema, type RequestInput, settingsSchema } from './pipeline/index.js';
export { type Runtime, startRuntime } from './runtime/index.js';
