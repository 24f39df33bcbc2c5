import type { Batch } from '../../jobs/index.js';
import type { ImageNoise } from '../../sampling/index.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';

/** The noise of one batch of a run: a generator for each picture, variations included. */
export function imageNoise(engine: Engine, run: Run, batch: Batch): ImageNoise {
  const { request } = run.job.info;
  return engine.imageNoise({
    ...plainNoise(run, batch),
    subseedStrength: request.subseedStrength,
    seedResizeFrom: { width: request.seedResizeFromWidth, height: request.seedResizeFromHeight },
  });
}

/** The same without variation seeds and seed resizing. */
export function plainImageNoise(engine: Engine, run: Run, batch: Batch): ImageNoise {
  return engine.imageNoise({ ...plainNoise(run, batch), subseedStrength: 0, seedResizeFrom: { width: 0, height: 0 } });
}

function plainNoise({ job, model, size }: Run, { first, size: count }: Batch) {
  const { channels, downscale } = model.detected.latent;
  return {
    source: job.settings.randn_source,
    shape: [channels, Math.floor(size.height / downscale), Math.floor(size.width / downscale)] as const,
    seeds: job.seeds.slice(first, first + count),
    subseeds: job.subseeds.slice(first, first + count),
    seedDelta: job.settings.eta_noise_seed_delta,
  };
}
