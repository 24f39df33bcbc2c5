import type { Logger } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { childEntry } from './child-entry.js';
import { LivingRuntime } from './living-runtime.js';
import { processChannel } from './process-channel.js';
import type { Runtime } from './runtime.js';
import { threadChannel } from './thread-channel.js';

const DEVICES = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'];

export interface StartRuntimeOptions {
  /** `cpu` (default), `webgpu`, `cuda`, `dml`, `coreml`. One that does not work here falls back to `cpu` with a warning. */
  readonly device?: string | undefined;
  /** CPU threads of a step; 0 (default): ONNX Runtime decides. */
  readonly threads?: number | undefined;
  /** `thread`: for embedders that cannot fork. A crash of ONNX Runtime then ends the host too. Default `process`. */
  readonly isolation?: 'process' | 'thread' | undefined;
  /** Milliseconds without a sign of life, or from a cancellation to the end of the step, after which the process is killed. Default 30000, at least 1000. */
  readonly stuckAfterMs?: number | undefined;
  readonly log?: Logger | undefined;
}

/**
 * Starts ONNX Runtime in a process of its own and waits until it can be used.
 *
 * @throws HostError DEVICE_UNKNOWN, RUNTIME_START.
 */
export async function startRuntime(options: StartRuntimeOptions = {}): Promise<Runtime> {
  const { device = 'cpu', threads = 0, isolation = 'process', stuckAfterMs = 30_000, log } = options;
  if (!DEVICES.includes(device)) throw new HostError('DEVICE_UNKNOWN', { name: device, known: DEVICES.join(', ') });
  const entry = childEntry();
  const open = isolation === 'thread' ? threadChannel(entry) : processChannel(entry);
  const runtime = new LivingRuntime({ open, device, threads, stuckAfterMs, log });
  await runtime.start();
  return runtime;
}
