import type { HostError } from './host-error.js';

/** Works across copies of the SDK. In a file of its own: who only asks does not carry the table of messages. */
export const isHostError = (value: unknown): value is HostError => value instanceof Error && value.name === 'HostError' && 'code' in value;
