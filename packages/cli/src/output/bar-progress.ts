import type { JobProgress } from '@armature/core';
import cliProgress from 'cli-progress';
import type { TextStream } from '../terminal.js';
import type { PreviewPane } from './preview-pane.js';
import { etaText, type ProgressView, stageText } from './progress-view.js';

/** A bar that is drawn over itself, with the preview above it where the terminal can show one. */
export function barProgress(stream: TextStream, pane: PreviewPane | undefined): ProgressView {
  const bar = new cliProgress.SingleBar(
    {
      stream,
      format: '{bar} {percentage} % {text}',
      // Leaves room for the words, which are cut where the window ends.
      barsize: Math.max(4, Math.min(24, (stream.columns ?? 80) - 48)),
      hideCursor: true,
      clearOnComplete: true,
      // The command has its own way to stop.
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
  pane?.reserve();
  bar.start(1, 0, { text: 'queued' });
  // A second Ctrl-C ends the process here and now: the cursor and line wrapping still have to come back.
  const stop = (): void => bar.stop();
  process.once('exit', stop);
  return {
    update(progress: JobProgress) {
      bar.update(progress.fraction, { text: [stageText(progress), etaText(progress.etaSeconds)].filter(Boolean).join(' · ') });
      pane?.show(() => progress.preview());
    },
    async finish(picture) {
      await pane?.close(picture);
      process.off('exit', stop);
      stop();
    },
  };
}
