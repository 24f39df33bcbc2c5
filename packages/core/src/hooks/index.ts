export { onEngineTime } from './engine-wait.js';
export type { FirstCaller, HookCaller, HookCallers, HookName, ObserveCaller, TransformCaller, WrapCaller } from './hook-caller.js';
export { createHookSet, type HookSet, type HookSetOptions, type SeatTaps } from './hook-set.js';
export { isPromise } from './is-promise.js';
export type { HookContext, JobLedger } from './job-ledger.js';
export { pathGlob } from './path-glob.js';
export { shortForm } from './short-form.js';
export type { StructuralKey } from './structural-key.js';
export type { Seat, TapRecord } from './tap-record.js';
