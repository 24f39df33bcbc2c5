import type { GenerationResult } from '@armature/core';
import type { Terminal } from '../terminal.js';
import type { TerminalLog } from './terminal-log.js';

/** `--json`: everything but the pixels. */
export function printJson(result: GenerationResult, terminal: Terminal): void {
  const { job, status, images, faults, timings, seconds } = result;
  const report = {
    job,
    status,
    paths: images.map((image) => image.path),
    seeds: images.map((image) => image.seed),
    images: images.map(({ image, ...rest }) => ({ ...rest, width: image.width, height: image.height })),
    faults: faults.map(({ cause, ...fault }) => ({ ...fault, ...(cause === undefined ? {} : { cause: String(cause) }) })),
    timings,
    seconds,
  };
  terminal.stdout.write(`${JSON.stringify(report)}\n`);
}

/** One line for each picture, then the time; faults as warnings beside it. */
export function printPictures(result: GenerationResult, terminal: Terminal, log: TerminalLog): void {
  printFaults(result, log);
  for (const { path, seed } of result.images) terminal.stdout.write(`${path ?? '(not saved)'}  seed ${seed}\n`);
  const count = result.images.length === 1 ? '1 picture' : `${result.images.length} pictures`;
  const stopped = result.status === 'cancelled' ? ' before it was stopped' : '';
  terminal.stdout.write(`${count} in ${(result.seconds.total ?? 0).toFixed(1)} s${stopped}\n`);
}

/** What extensions got wrong, as warnings. */
export function printFaults({ faults }: GenerationResult, log: TerminalLog): void {
  for (const { message, code, extension, hook, step } of faults) {
    log.warn(`${message} [${code}, ${extension}, ${hook}${step === undefined ? '' : `, step ${step}`}]`);
  }
}
