import type { JobProgress } from '@armature/core';
import type { Raster } from '@armature/sdk';
import type { GenerationTab } from './generation-fields.js';

/** A generation that was asked for over HTTP: what is known of it while it waits and runs, and who may end it. */
export class Task {
  readonly id: string;
  readonly tab: GenerationTab;
  readonly #abort = new AbortController();
  /** Milliseconds since the epoch; undefined: it waits. */
  started: number | undefined;
  progress: JobProgress | undefined;
  interrupted = false;
  skipped = false;
  #preview: Raster | undefined;
  #previewStep = 0;
  /** Counts the previews, so that clients fetch each once. */
  previewNumber = 0;

  constructor(id: string, tab: GenerationTab) {
    this.id = id;
    this.tab = tab;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  cancel(reason: unknown): void {
    this.#abort.abort(reason);
  }

  /** A skip holds for one batch. */
  readonly stop = (): 'batch' | 'job' | undefined => {
    if (this.interrupted) return 'job';
    const skipped = this.skipped;
    this.skipped = false;
    return skipped ? 'batch' : undefined;
  };

  readonly heard = (progress: JobProgress): void => {
    if (progress.stage !== 'queued') this.started ??= Date.now();
    const { iteration, pass } = this.progress ?? progress;
    if (iteration !== progress.iteration || pass !== progress.pass) this.#previewStep = 0;
    this.progress = progress;
  };

  /** The picture as it is now; a new one is made once `every` steps have passed since the last. */
  preview(every: number): Raster | undefined {
    const { step = 0 } = this.progress ?? {};
    if (every > 0 && step - this.#previewStep >= every) {
      this.#preview = this.progress?.preview() ?? this.#preview;
      this.#previewStep = step;
      this.previewNumber++;
    }
    return this.#preview;
  }
}
