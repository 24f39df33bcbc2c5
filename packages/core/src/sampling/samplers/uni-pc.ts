import type { Latent, SamplerContribution, SamplerRun } from '@armature/sdk';
import { linspace } from '../linspace.js';
import { uniPcWeights } from './uni-pc-weights.js';
import { type VpPoint, type VpSchedule, vpSchedule } from './vp-schedule.js';

/** An estimate of x0 and where it was made. */
interface Estimate {
  readonly at: VpPoint;
  readonly denoised: Latent;
}

/**
 * Unified predictor–corrector: Zhao et al. 2023, multistep, on x0. It places its own times, as many steps as there are
 * timesteps; each estimate that a predictor needs also corrects the step before, so a step costs one call.
 */
export const uniPc: SamplerContribution = {
  name: 'UniPC',
  aliases: ['unipc'],
  kind: 'timestep',
  stepCount: (sigmas) => sigmas.length,
  async sample(run) {
    const { order: highest, lowerOrderFinal } = run.options.uniPc;
    const steps = run.timesteps.length;
    const order = Math.min(highest, steps);
    const schedule = vpSchedule(run.schedule.alphasCumprod);
    const points = timesOf(run, schedule, steps).map(schedule.at);
    let { latent } = run;
    /** Newest first. */
    let known: readonly Estimate[] = [await estimate(run, latent, points[0] as VpPoint)];
    for (let i = 1; i <= steps; i++) {
      const stepOrder = lowerOrderFinal ? Math.min(i, order, steps + 1 - i) : Math.min(i, order);
      const solved = await advance(run, latent, known.slice(0, stepOrder), points[i] as VpPoint, i < steps);
      latent = solved.latent;
      if (solved.estimate) known = [solved.estimate, ...known].slice(0, order);
      await run.step(i - 1, latent, (known[0] as Estimate).denoised);
    }
    return latent;
  },
};

/** From the highest level of the run's range down to the first training timestep, one time more than steps. */
function timesOf({ options, range, schedule: model }: SamplerRun, schedule: VpSchedule, steps: number): readonly number[] {
  const count = model.sigmas.length;
  const first = (Math.round(model.sigmaToTimestep(range.sigmaMax)) + 1) / count;
  const last = 1 / count;
  const between = (start: number, end: number): readonly number[] => linspace(start, end, steps + 1);
  const { skipType } = options.uniPc;
  if (skipType === 'time_uniform') return between(first, last);
  if (skipType === 'time_quadratic') return between(Math.sqrt(first), Math.sqrt(last)).map((root) => root ** 2);
  return between(schedule.at(first).lambda, schedule.at(last).lambda).map(schedule.timeOf);
}

async function estimate({ predictNoise, schedule }: SamplerRun, latent: Latent, at: VpPoint): Promise<Estimate> {
  const { length } = schedule.sigmas;
  const epsilon = await predictNoise(latent, Math.max(0, at.time * length - 1));
  return { at, denoised: latent.sub(epsilon.scale(at.sigma)).div(at.alpha) };
}

/** One step to `at`; with `correct` the estimate made there is used for the step itself. */
async function advance(
  run: SamplerRun,
  latent: Latent,
  known: readonly Estimate[],
  at: VpPoint,
  correct: boolean,
): Promise<{ readonly latent: Latent; readonly estimate?: Estimate }> {
  const [newest, ...older] = known as readonly [Estimate, ...Estimate[]];
  const width = at.lambda - newest.at.lambda;
  const ratios = older.map((other) => (other.at.lambda - newest.at.lambda) / width);
  const changes = older.map((other, k) => other.denoised.sub(newest.denoised).div(ratios[k] as number));
  const { predictor, corrector } = uniPcWeights(run.options.uniPc.variant, ratios, width);
  const base = latent.scale(at.sigma / newest.at.sigma).sub(newest.denoised.scale(at.alpha * Math.expm1(-width)));
  const along = (parts: readonly Latent[], weights: readonly number[]): Latent =>
    parts.reduce((sum, part, k) => sum.sub(part.scale(at.alpha * (weights[k] as number))), base);
  const predicted = along(changes, predictor);
  if (!correct) return { latent: predicted };
  const made = await estimate(run, predicted, at);
  return { latent: along([...changes, made.denoised.sub(newest.denoised)], corrector), estimate: made };
}
