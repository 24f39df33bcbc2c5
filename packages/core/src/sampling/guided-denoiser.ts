import {
  type Conditioning,
  type Denoiser,
  type DenoiserFeeds,
  HostError,
  type Latent,
  type Predictions,
  type StepInfo,
} from '@armature/sdk';
import type { DenoiserScale, NoiseLevel } from './denoiser-scale.js';
import { guidanceLevel, skipsNegative } from './guidance-options.js';
import { JoinedConditioning } from './joined-conditioning.js';
import { composeRows, firstRows, repeatRows } from './positive-rows.js';
import type { SamplingInput } from './sampling-input.js';
import type { StepClock } from './step-clock.js';

/** What one call predicts, before guidance. */
interface CallRows extends Predictions {
  readonly cfgScale: number;
}

/**
 * The network with classifier-free guidance around it and the moments of DESIGN §5 between: feeds → denoiser →
 * prediction → guidance → guided. Moments see x0 whatever the sampler works on; one that changes nothing changes no bit.
 */
export class GuidedDenoiser {
  readonly #input: SamplingInput;
  readonly #scale: DenoiserScale;
  readonly #clock: StepClock;
  readonly #denoiser: Denoiser;
  readonly #joined = new JoinedConditioning();
  /** x0 → the prediction it was made from, so that an untouched x0 is not converted back. */
  readonly #origins = new WeakMap<Latent, Latent>();
  #unguided: Latent | undefined;

  constructor(input: SamplingInput, scale: DenoiserScale, clock: StepClock) {
    this.#input = input;
    this.#scale = scale;
    this.#clock = clock;
    this.#denoiser = input.moments.wrapDenoiser((feeds) => this.#callNetwork(feeds));
  }

  /** The guided prediction of one call: x0 for kind `sigma`, epsilon for kind `timestep`. @throws HostError JOB_CANCELLED */
  async predict(latent: Latent, level: NoiseLevel): Promise<Latent> {
    const { moments } = this.#input;
    const step = this.#clock.begin(level);
    const rows = await this.#rows(latent, level, step);
    const denoised = { cond: this.#toDenoised(latent, rows.cond, level), uncond: this.#toDenoised(latent, rows.uncond, level) };
    const spoken = await moments.prediction(denoised, step);
    this.#unguided = this.#fromDenoised(latent, spoken.uncond, level);
    const cfgScale = rows.cfgScale * (this.#input.sampler.cfgFactor ?? 1);
    const guided = await this.#guide(latent, spoken, cfgScale, level, step);
    const before = this.#toDenoised(latent, guided, level);
    return this.#fromDenoised(latent, await moments.guided(before, step), level);
  }

  /** The last call's prediction for the negative prompt. @throws RangeError before the first call */
  unguided(): Latent {
    if (!this.#unguided) throw new RangeError('unguided() was asked before the first denoiser call');
    return this.#unguided;
  }

  /** Both predictions; in one call where the prompts have the same token length, as the reference does. */
  async #rows(latent: Latent, level: NoiseLevel, step: StepInfo): Promise<CallRows> {
    const { plan, guidance } = this.#input;
    const { conditioning: positive, weights } = this.#input.positive(step.call);
    const repeated = repeatRows(latent, weights);
    const count = repeated.batch;
    const call = (rows: Latent, conditioning: Conditioning, positiveRows: number): Promise<Latent> =>
      this.#denoise({ latent: rows, ...level, conditioning, positiveRows, inputs: {} }, step);
    if (this.#skipsNegative(level, step)) {
      const rows = await call(repeated, positive, count);
      const uncond = firstRows(rows, weights);
      return { cond: composeRows(rows, uncond, weights), uncond, cfgScale: 1 };
    }
    const negative = this.#input.negative(step.call);
    const { cfgScale } = plan;
    if (!guidance.joined || positive.crossAttention.shape[1] !== negative.crossAttention.shape[1]) {
      const rows = await call(repeated, positive, count);
      const uncond = await call(latent, negative, 0);
      return { cond: composeRows(rows, uncond, weights), uncond, cfgScale };
    }
    const both = await call(repeated.concat(latent), this.#joined.of(positive, negative), count);
    const uncond = both.rows(count, both.batch);
    return { cond: composeRows(both.rows(0, count), uncond, weights), uncond, cfgScale };
  }

  #skipsNegative(level: NoiseLevel, step: StepInfo): boolean {
    const { guidance, sampler, plan } = this.#input;
    const totalCalls = plan.steps * (sampler.secondOrder ? 2 : 1);
    return skipsNegative(guidance, step, totalCalls, guidanceLevel(sampler.kind, level)) !== undefined;
  }

  /** One denoiser call → the prediction of its rows. */
  async #denoise(feeds: DenoiserFeeds, step: StepInfo): Promise<Latent> {
    const { signal, moments } = this.#input;
    if (signal.aborted) throw new HostError('JOB_CANCELLED', {}, { cause: signal.reason });
    const spoken = await moments.feeds(feeds, step);
    return this.#fromDenoised(spoken.latent, await this.#denoiser(spoken), spoken);
  }

  async #callNetwork(feeds: DenoiserFeeds): Promise<Latent> {
    const { latent, timestep, conditioning, inputs } = feeds;
    const raw = await this.#input.network({ latent: this.#scale.networkInput(latent, feeds), timestep, conditioning, inputs });
    return this.#toDenoised(latent, this.#scale.prediction(latent, raw, feeds), feeds);
  }

  async #guide(latent: Latent, predictions: Predictions, cfgScale: number, level: NoiseLevel, step: StepInfo): Promise<Latent> {
    const { moments } = this.#input;
    const answer = await moments.guidance({ ...predictions, cfgScale, latent }, step);
    if (answer) {
      assertShape(answer, latent);
      return this.#fromDenoised(latent, answer, level);
    }
    const cond = this.#fromDenoised(latent, predictions.cond, level);
    const uncond = this.#fromDenoised(latent, predictions.uncond, level);
    return uncond.add(cond.sub(uncond).scale(cfgScale));
  }

  #toDenoised(latent: Latent, prediction: Latent, level: NoiseLevel): Latent {
    const denoised = this.#scale.toDenoised(latent, prediction, level);
    this.#origins.set(denoised, prediction);
    return denoised;
  }

  #fromDenoised(latent: Latent, denoised: Latent, level: NoiseLevel): Latent {
    return this.#origins.get(denoised) ?? this.#scale.fromDenoised(latent, denoised, level);
  }
}

function assertShape(answer: Latent, latent: Latent): void {
  if (answer.sameShape(latent)) return;
  const expected = `a latent of shape [${latent.shape}]`;
  throw new HostError('EXT_TAP_RETURNED', { extension: 'An extension', hook: 'sampling.guidance', seen: `[${answer.shape}]`, expected });
}
