export { createTestHost, type TestHostConfig } from './create-test-host.js';
export { createFakeClock, type FakeClock } from './fake-clock.js';
export { type FaultyNeighbour, faultyNeighbour, type Misbehaviour, type NeighbourOptions, type Provoked } from './faulty-neighbour.js';
export { type InlineManifest, inlineExtension } from './inline-extension.js';
export type { HookCall, InnerCall } from './probe/hook-call.js';
export type { HookName, HookPattern } from './probe/hook-name.js';
export { type HookProbe, hookProbe } from './probe/hook-probe.js';
