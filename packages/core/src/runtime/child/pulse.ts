import { Worker } from 'node:worker_threads';
import { PULSE_MS } from '../protocol.js';
import type { Busy } from './runtime-service.js';

/**
 * Tells the host that this process lives, and ends the process when the host is gone. ONNX Runtime blocks the event loop
 * for seconds, so a thread of its own beats; it beats as alive while ONNX Runtime works or the event loop still turns.
 */
export function startPulse(): Busy {
  // [0]: calls inside ONNX Runtime, [1]: turns of the event loop.
  const state = new Int32Array(new SharedArrayBuffer(8));
  setInterval(() => Atomics.add(state, 1, 1), PULSE_MS / 2).unref();
  new Worker(new URL('./pulse-thread.js', import.meta.url), { workerData: state, execArgv: [] }).unref();
  return async (work) => {
    Atomics.add(state, 0, 1);
    try {
      return await work();
    } finally {
      Atomics.sub(state, 0, 1);
    }
  };
}
