import type { JobProgress } from '@armature/core';
import type { TextStream } from '../terminal.js';
import { etaText, type ProgressView, stageText } from './progress-view.js';

const pause = 3000;

/** Progress for logs and pipes: whole lines, one every few seconds. */
export function plainProgress(stream: TextStream): ProgressView {
  let last = performance.now();
  return {
    update(progress: JobProgress) {
      const now = performance.now();
      if (now - last < pause) return;
      last = now;
      const eta = etaText(progress.etaSeconds);
      stream.write(`${Math.floor(progress.fraction * 100)} % ${stageText(progress)}${eta ? `, ${eta}` : ''}\n`);
    },
    async finish() {},
  };
}
