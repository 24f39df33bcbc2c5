import type { Latent, MaskRequest } from '@armature/sdk';
import { viewOf } from '@armature/sdk/internal';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';
import { plainImageNoise } from '../sampling/image-noise.js';

/**
 * The latent with noise, or nothing, in place of what is masked (webui `inpainting_fill` 2 and 3).
 * `repaint`: [1, 1, h, w] of 0…1.
 */
export async function fillLatent(
  engine: Engine,
  run: Run,
  latent: Latent,
  repaint: Latent,
  content: MaskRequest['content'],
): Promise<Latent> {
  const kept = latent.map(cellwise(repaint, (value, masked) => value * Math.fround(1 - masked)));
  if (content !== 'latent noise') return kept;
  const noise = await plainImageNoise(engine, run, { iteration: 0, first: 0, size: latent.batch }).first();
  return kept.add(noise.map(cellwise(repaint, (value, masked) => value * masked)));
}

/** A function of each value and of the mask over it. */
function cellwise(mask: Latent, combine: (value: number, masked: number) => number): (value: number, index: number) => number {
  const values = viewOf(mask);
  return (value, index) => combine(value, values[index % values.length] as number);
}
