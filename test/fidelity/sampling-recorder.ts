import {
  type BlendScope,
  type Conditioning,
  type DenoiserFeeds,
  defineExtension,
  type Latent,
  type Raster,
  type SamplingPlan,
} from '@armature/sdk';

/** What an extension saw of one job, in the order it was told. */
export interface Recording {
  readonly conditionings: { readonly negative: boolean; readonly value: Conditioning }[];
  readonly plans: SamplingPlan[];
  readonly noises: { readonly purpose: string; readonly value: Latent }[];
  readonly feeds: DenoiserFeeds[];
  /** What the network answered to each of `feeds`. */
  readonly answers: Latent[];
  readonly guided: Latent[];
  readonly blends: BlendScope[];
  /** The latent after each step, and what was denoised in it. */
  readonly steps: { readonly latent: Latent; readonly denoised: Latent }[];
  readonly done: Latent[];
  readonly pictures: Raster[];
}

/** An extension that writes down what the public hooks tell and changes nothing. */
export function samplingRecorder() {
  const seen: Recording = {
    conditionings: [],
    plans: [],
    noises: [],
    feeds: [],
    answers: [],
    guided: [],
    blends: [],
    steps: [],
    done: [],
    pictures: [],
  };
  const definition = defineExtension({
    setup({ hooks: { prompt, sampling, image } }) {
      prompt.conditioning.tap((value, { negative }) => void seen.conditionings.push({ negative, value }));
      sampling.plan.tap((plan) => void seen.plans.push(plan));
      sampling.noise.tap((value, { purpose }) => void seen.noises.push({ purpose, value }));
      sampling.feeds.tap((feeds) => void seen.feeds.push(feeds));
      sampling.denoiser.tap((inner) => async (feeds) => {
        const answer = await inner(feeds);
        seen.answers.push(answer);
        return answer;
      });
      sampling.guided.tap((latent) => void seen.guided.push(latent));
      sampling.blend.tap((_, scope) => void seen.blends.push(scope));
      sampling.step.tap((report) => void seen.steps.push(report));
      sampling.done.tap((latent) => void seen.done.push(latent));
      image.batch.tap((rasters) => void seen.pictures.push(...rasters));
    },
  });
  const manifest = { name: 'recorder', version: '1.0.0', api: 1, id: 'fidelity.recorder', engines: { armature: '*' } };
  return { seen, extension: { manifest, definition } };
}
