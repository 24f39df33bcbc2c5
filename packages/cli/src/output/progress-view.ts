import type { JobProgress } from '@armature/core';
import type { Raster } from '@armature/sdk';

/** Shows a running job. */
export interface ProgressView {
  update(progress: JobProgress): void;
  /** Puts the terminal back in order; called once, also after errors. Where previews are shown, `picture` is the last. */
  finish(picture?: Raster): Promise<void>;
}

/** `12 s`, `3 min 05 s`; nothing while it cannot be told. */
export function etaText(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s left` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s left`;
}

/** `sampling, batch 2 of 3, step 5 of 20`. */
export function stageText({ stage, iteration, iterations, step, steps }: JobProgress): string {
  const batch = iterations > 1 && stage !== 'queued' ? `batch ${iteration + 1} of ${iterations}` : '';
  const at = stage === 'sampling' && steps > 0 ? `step ${step} of ${steps}` : '';
  return [stage, batch, at].filter((part) => part !== '').join(', ');
}
