export { type Clock, systemClock } from './clock.js';
export type * from './host-api.js';
export { assertHostConfig, hostDataSchema } from './host-config-schema.js';
export { hostVersion } from './host-version.js';
export type { PictureInput } from './init-schema.js';
export type * from './pasted.js';
export type * from './picture-info.js';
export { generationRequestSchema, type RequestInput, type RequestOutput } from './request-schema.js';
export { type Settings, settingsSchema } from './settings-schema.js';
