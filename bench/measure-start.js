import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const gigabytes = (kibibytes) => `${(kibibytes / 2 ** 20).toFixed(2)} GiB`;

/** From the start of a process to its first step: without the weights cache, while the copy is written, and from it. Linux only. */
export function measureStart(models, data) {
  const script = fileURLToPath(new URL('first-step.js', import.meta.url));
  const measured = (cache) => JSON.parse(execFileSync(process.execPath, [script, models, data, cache], { encoding: 'utf8' }));
  const runs = { 'no cache': measured('off'), cold: measured('on'), 'from the cache': measured('on') };
  return Object.entries(runs).flatMap(([name, run]) => [
    [`${name}: CPU time to the first step`, `${run.hostCpu.toFixed(2)} s host, ${run.runtimeCpu.toFixed(2)} s runtime`],
    [`${name}: runtime's own memory at the first step, peak until then`, `${gigabytes(run.anonymous)}, ${gigabytes(run.peakAnonymous)}`],
    [
      `${name}: runtime's resident memory, peak of the picture`,
      `${gigabytes(run.peak)}, of it at the end its own ${gigabytes(run.ownAtEnd)}`,
    ],
    [`${name}: picture`, run.digest],
  ]);
}
