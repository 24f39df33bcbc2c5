import type { DetectedModel } from '@armature/sdk';
import type { SidecarReader } from './sidecar-reader.js';
import type { WeightShapes } from './weight-shapes.js';

/** The noise a model was trained with; `ztsnr` among the keys: up to pure noise. */
export function ldmNoise(shapes: WeightShapes, ldm: SidecarReader): DetectedModel['noise'] {
  const params = (name: string) => ldm.positive('model', 'params', name);
  return {
    linearStart: params('linear_start') ?? 0.00085,
    linearEnd: params('linear_end') ?? 0.012,
    timesteps: ldm.count('model', 'params', 'timesteps') ?? 1000,
    ...(shapes.has('ztsnr') && { zeroTerminalSnr: true }),
  };
}
