import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Milliseconds this thread has spent on a processor; undefined where the system does not tell. */
function threadCpu() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return undefined;
  }
}

/**
 * Watches the event loop with a beat every millisecond. Between two beats lies at most one synchronous slice and what the
 * loop itself does; its CPU time does not count what other processes took meanwhile.
 */
export function watchLoop() {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let longest = { wall: 0, cpu: 0 };
  let wall = performance.now();
  let cpu = threadCpu();
  const beat = setInterval(() => {
    const now = { wall: performance.now(), cpu: threadCpu() };
    const spent = (now.cpu ?? now.wall) - (cpu ?? wall);
    if (spent > longest.cpu) longest = { wall: now.wall - wall, cpu: spent };
    wall = now.wall;
    cpu = now.cpu;
  }, 1);
  return {
    stop() {
      clearInterval(beat);
      delay.disable();
      return { longest, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 };
    },
  };
}
