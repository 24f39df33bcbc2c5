import { encodePng, type JobProgress } from '@armature/core';
import type { JobEvents } from './job-events.js';
import type { StoredJob } from './stored-job.js';

/** Tells a job's progress to whoever listens, and one preview at a time to those who want some. */
export function progressTeller(events: JobEvents, job: StoredJob): (progress: JobProgress) => void {
  let drawing = false;
  const preview = async (progress: JobProgress): Promise<void> => {
    const picture = progress.preview();
    if (!picture) return;
    const { step } = progress;
    const { width, height } = picture;
    const image = Buffer.from(await encodePng(picture)).toString('base64');
    events.tell(job, 'preview', { step, width, height, image });
  };
  return (progress) => {
    const { stage, iteration, iterations, step, steps, fraction, etaSeconds } = progress;
    events.tell(job, 'progress', { stage, iteration, iterations, step, steps, fraction, etaSeconds });
    if (stage !== 'sampling' || step === 0 || drawing || !events.wantsPreviews(job.id)) return;
    drawing = true;
    void preview(progress)
      .catch(() => undefined)
      .finally(() => {
        drawing = false;
      });
  };
}
