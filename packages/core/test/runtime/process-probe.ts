import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Whether a process runs; one that ended but was not collected yet does not. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** Waits until the process is gone. @returns milliseconds it took, or undefined when it is still there after `limit`. */
export async function goneWithin(pid: number, limit: number): Promise<number | undefined> {
  const start = performance.now();
  while (isRunning(pid)) {
    if (performance.now() - start > limit) return undefined;
    await pause(20);
  }
  return performance.now() - start;
}
