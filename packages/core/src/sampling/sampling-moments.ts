import type {
  BlendScope,
  Denoiser,
  DenoiserFeeds,
  GuidanceQuestion,
  Latent,
  NoiseScope,
  Predictions,
  StepInfo,
  StepReport,
} from '@armature/sdk';

/** What `blend` knows beside the step. */
export type BlendFacts = Pick<BlendScope, 'current' | 'original' | 'repaint' | 'level' | 'final'>;

/** Where others may speak during a run. Answering with the very value that was given means "no change". */
export interface SamplingMoments {
  /** Before each network call. */
  feeds(feeds: DenoiserFeeds, step: StepInfo): Promise<DenoiserFeeds>;
  /** Once a run. The inner denoiser's result is x0; returning `inner` itself means "no change". */
  wrapDenoiser(inner: Denoiser): Denoiser;
  prediction(predictions: Predictions, step: StepInfo): Promise<Predictions>;
  /** Undefined: classifier-free guidance. */
  guidance(question: GuidanceQuestion, step: StepInfo): Promise<Latent | undefined>;
  /** x0 after guidance, whatever the sampler. */
  guided(latent: Latent, step: StepInfo): Promise<Latent>;
  /** A mask was blended in. */
  blend?(latent: Latent, facts: BlendFacts, step: StepInfo): Promise<Latent>;
  /** After each step of the sampler. `stop`: the run ends here, with the estimate of the picture it has. */
  step(report: StepReport, step: StepInfo): Promise<'stop' | undefined>;
  noise(latent: Latent, purpose: NoiseScope['purpose']): Promise<Latent>;
}
