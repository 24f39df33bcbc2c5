import type { GeneratedImage, GenerationResult } from '@armature/core';
import type { Terminal } from '../terminal.js';
import type { TerminalLog } from './terminal-log.js';

const isPicture = ({ kind }: GeneratedImage): boolean => kind === 'picture';

/** `--json`: everything but the pixels. */
export function printJson(result: GenerationResult, terminal: Terminal): void {
  const { job, status, images, faults, timings, seconds } = result;
  const pictures = images.filter(isPicture);
  const report = {
    job,
    status,
    paths: pictures.map(({ path }) => path),
    seeds: pictures.map(({ seed }) => seed),
    images: images.map(({ image, ...rest }) => ({ ...rest, width: image.width, height: image.height })),
    faults: faults.map(({ cause, ...fault }) => ({ ...fault, ...(cause === undefined ? {} : { cause: String(cause) }) })),
    timings,
    seconds,
  };
  terminal.stdout.write(`${JSON.stringify(report)}\n`);
}

/** One line for each picture, grid and mask, then the time; faults as warnings beside it. */
export function printPictures(result: GenerationResult, terminal: Terminal, log: TerminalLog): void {
  printFaults(result, log);
  for (const image of result.images) {
    terminal.stdout.write(`${image.path ?? '(not saved)'}  ${isPicture(image) ? `seed ${image.seed}` : image.kind}\n`);
  }
  const { length } = result.images.filter(isPicture);
  const count = length === 1 ? '1 picture' : `${length} pictures`;
  const stopped = result.status === 'cancelled' ? ' before it was stopped' : '';
  terminal.stdout.write(`${count} in ${(result.seconds.total ?? 0).toFixed(1)} s${stopped}\n`);
}

/** What extensions got wrong, as warnings. */
export function printFaults({ faults }: GenerationResult, log: TerminalLog): void {
  for (const { message, code, extension, hook, step } of faults) {
    log.warn(`${message} [${code}, ${extension}, ${hook}${step === undefined ? '' : `, step ${step}`}]`);
  }
}
