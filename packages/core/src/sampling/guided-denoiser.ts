import type { Denoiser, DenoiserFeeds, Latent, Predictions, StepInfo } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { appendChannels } from './append-channels.js';
import type { DenoiserScale, NoiseLevel } from './denoiser-scale.js';
import { type EditGuidance, editGuidance } from './edit-guidance.js';
import { guidanceLevel, skipsNegative } from './guidance-options.js';
import { JoinedConditioning } from './joined-conditioning.js';
import type { MaskBlend } from './mask-blend.js';
import { composeRows, firstRows, repeatRows } from './positive-rows.js';
import type { SamplingInput } from './sampling-input.js';
import type { StepClock } from './step-clock.js';

/** What one call predicts, before guidance. */
interface CallRows extends Predictions {
  readonly cfgScale: number;
}

/** What a run gives its denoiser beside the input. */
interface GuidedRun {
  readonly scale: DenoiserScale;
  readonly clock: StepClock;
  readonly blend: MaskBlend | undefined;
}

type Rows = Pick<DenoiserFeeds, 'latent' | 'conditioning' | 'concat'>;

/**
 * The network with classifier-free guidance around it and the moments of DESIGN §5 between: feeds → denoiser →
 * prediction → guidance → blend → guided; timestep samplers blend a mask in first. Moments see x0 whatever the sampler works on; one that changes nothing changes no bit.
 */
export class GuidedDenoiser {
  readonly #input: SamplingInput;
  readonly #scale: DenoiserScale;
  readonly #clock: StepClock;
  readonly #denoiser: Denoiser;
  readonly #joined = new JoinedConditioning();
  readonly #blend: MaskBlend | undefined;
  readonly #edit: EditGuidance | undefined;
  /** x0 → the prediction it was made from, so that an untouched x0 is not converted back. */
  readonly #origins = new WeakMap<Latent, Latent>();
  #unguided: Latent | undefined;

  constructor(input: SamplingInput, { scale, clock, blend }: GuidedRun) {
    this.#input = input;
    this.#scale = scale;
    this.#clock = clock;
    this.#blend = blend;
    this.#edit = editGuidance(input);
    this.#denoiser = input.moments.wrapDenoiser((feeds) => this.#callNetwork(feeds));
  }

  /** The guided prediction of one call: x0 for kind `sigma`, epsilon for kind `timestep`. @throws HostError JOB_CANCELLED */
  async predict(given: Latent, level: NoiseLevel): Promise<Latent> {
    const { moments, sampler, beforeCall } = this.#input;
    const step = this.#clock.begin(level);
    this.#assertWanted();
    await beforeCall?.({ call: step.call, ...level });
    const blendsFirst = sampler.kind === 'timestep';
    const latent = blendsFirst ? await this.#blended(given, step) : given;
    const rows = await this.#rows(latent, level, step);
    const denoised = { cond: this.#toDenoised(latent, rows.cond, level), uncond: this.#toDenoised(latent, rows.uncond, level) };
    const spoken = await moments.prediction(denoised, step);
    this.#unguided = this.#fromDenoised(latent, spoken.uncond, level);
    const cfgScale = rows.cfgScale * (sampler.cfgFactor ?? 1);
    const guided = await this.#guide(latent, spoken, cfgScale, level, step);
    const before = this.#toDenoised(latent, guided, level);
    const blended = blendsFirst ? before : await this.#blended(before, step);
    return this.#fromDenoised(latent, await moments.guided(blended, step), level);
  }

  /** The last call's prediction for the negative prompt. @throws RangeError before the first call */
  unguided(): Latent {
    if (!this.#unguided) throw new RangeError('unguided() was asked before the first denoiser call');
    return this.#unguided;
  }

  async #blended(latent: Latent, step: StepInfo): Promise<Latent> {
    return this.#blend ? this.#blend.of(latent, step) : latent;
  }

  /** Both predictions; in one call where the prompts have the same token length, as the reference does. */
  async #rows(latent: Latent, level: NoiseLevel, step: StepInfo): Promise<CallRows> {
    const { plan, guidance, concat } = this.#input;
    const { conditioning, weights } = this.#input.positive(step.call);
    this.#edit?.assertWhole(weights);
    const positive: Rows = {
      latent: repeatRows(latent, weights),
      conditioning,
      concat: concat && repeatRows(concat.cond, weights),
    };
    const count = positive.latent.batch;
    const call = (rows: Rows, positiveRows: number): Promise<Latent> =>
      this.#denoise({ ...rows, ...level, inputScale: this.#scale.inputScale(level), positiveRows, inputs: {} }, step);
    if (this.#skipsNegative(level, step)) {
      const rows = await call(positive, count);
      const uncond = firstRows(rows, weights);
      return { cond: composeRows(rows, uncond, weights), uncond, cfgScale: 1 };
    }
    const told = this.#input.negative(step.call);
    const negative = this.#edit?.negative(latent, told) ?? { latent, conditioning: told, concat: concat?.uncond };
    const { cfgScale } = plan;
    const fold = (cond: Latent, answer: Latent): CallRows => {
      if (this.#edit) return { ...this.#edit.fold(cond, answer), cfgScale };
      return { cond: composeRows(cond, answer, weights), uncond: answer, cfgScale };
    };
    if (!guidance.joined || positive.conditioning.crossAttention.shape[1] !== negative.conditioning.crossAttention.shape[1]) {
      const cond = await call(positive, count);
      return fold(cond, await call(negative, 0));
    }
    const both = await call(this.#join(positive, negative), count);
    return fold(both.rows(0, count), both.rows(count, both.batch));
  }

  #join(positive: Rows, negative: Rows): Rows {
    return {
      latent: positive.latent.concat(negative.latent),
      conditioning: this.#joined.of(positive.conditioning, negative.conditioning),
      concat: positive.concat && negative.concat && positive.concat.concat(negative.concat),
    };
  }

  #skipsNegative(level: NoiseLevel, step: StepInfo): boolean {
    const { guidance, sampler, plan } = this.#input;
    const totalCalls = plan.steps * (sampler.secondOrder ? 2 : 1);
    const options = this.#edit ? { ...guidance, minUncond: 0 } : guidance;
    return skipsNegative(options, step, totalCalls, guidanceLevel(sampler.kind, level)) !== undefined;
  }

  #assertWanted(): void {
    const { signal } = this.#input;
    if (signal.aborted) throw new HostError('JOB_CANCELLED', {}, { cause: signal.reason });
  }

  /** One denoiser call → the prediction of its rows. */
  async #denoise(feeds: DenoiserFeeds, step: StepInfo): Promise<Latent> {
    this.#assertWanted();
    const spoken = await this.#input.moments.feeds(feeds, step);
    return this.#fromDenoised(spoken.latent, await this.#denoiser(spoken), spoken);
  }

  async #callNetwork(feeds: DenoiserFeeds): Promise<Latent> {
    const { latent, timestep, conditioning, concat, inputs } = feeds;
    const scaled = this.#scale.networkInput(latent, feeds);
    const seen = concat ? appendChannels(scaled, concat) : scaled;
    const raw = await this.#input.network({ latent: seen, timestep, conditioning, inputs });
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
