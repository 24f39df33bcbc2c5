import type { NoiseSchedule } from '@armature/sdk';
import { interpolateLevel } from '../interpolate-level.js';

const count = 50;

/** Every 20th timestep of the model, as the webui's `LCMCompVisDenoiser` has them: what LCM was distilled to. */
export function lcmSchedule(model: NoiseSchedule): NoiseSchedule {
  const stride = Math.floor(model.sigmas.length / count);
  const sigmas = Float32Array.from({ length: count }, (_, i) => model.sigmas[(i + 1) * stride - 1] as number);
  const logSigmas = sigmas.map(Math.log);
  return Object.freeze({
    ...model,
    // As in the reference whatever the model predicts is taken for epsilon: LCM was distilled for such models alone.
    prediction: 'epsilon' as const,
    sigmas,
    sigmaToTimestep(sigma: number) {
      const wanted = Math.fround(Math.log(sigma));
      const distances = logSigmas.map((level) => Math.abs(level - wanted));
      return (distances.indexOf(Math.min(...distances)) + 1) * stride - 1;
    },
    timestepToSigma: (timestep: number) => interpolateLevel(logSigmas, (timestep - stride + 1) / stride),
  });
}
