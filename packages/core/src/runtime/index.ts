export { createSessionPool, type SessionPoolOptions } from './create-session-pool.js';
export type {
  RunOptions,
  RunResult,
  Runtime,
  RuntimeBinding,
  RuntimeFeeds,
  RuntimeGraph,
  RuntimeMemory,
  RuntimeSession,
} from './runtime.js';
export type { AcquireRequest, Lease, SessionPool, SessionPoolStats } from './session-pool.js';
export { type StartRuntimeOptions, startRuntime } from './start-runtime.js';
