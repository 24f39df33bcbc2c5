import type { UnetConfig } from '@armature/nn';
import { type Contribute, type HookFacade, HostError, type InputsScope, type JobInfo, Stage } from '@armature/sdk';
import { type ControlUnit, countedUnits, currentUnit } from '../units/control-unit.js';
import { isImagePrompt } from '../units/is-image-prompt.js';
import type { UnitParts } from '../units/ready-unit.js';
import { attentionPlaces } from './attention-places.js';
import { BesideText, inputNames } from './beside-text.js';
import { EncodedPictures } from './encoded-pictures.js';
import { encoderFolder, encoderKind } from './find-encoder.js';
import { JobImagePrompts, type NumberedUnit } from './job-image-prompts.js';

interface Args {
  readonly units: readonly ControlUnit[];
}

/** Every unit of a request that is one, under its number. */
const promptsIn = ({ units }: Args): readonly NumberedUnit[] =>
  [...countedUnits(units).map(currentUnit).entries()].filter(([, unit]) => unit.enabled && isImagePrompt(unit));

/**
 * IP-Adapter on declared hooks: jobs with a picture find a UNet whose cross-attentions have room for so many, and fill it. Another
 * picture, adapter or weight is another value, never another session.
 */
export function tapImagePrompts({ graph, sampling, job: jobs }: HookFacade<Args>, contribute: Contribute, parts: UnitParts): void {
  contribute.modelFolder({ name: encoderKind, folders: [encoderFolder], extensions: ['.safetensors', '.pth', '.pt', '.bin'] });
  const encoded = new EncodedPictures(parts.sessions, parts.weights);
  const known = new WeakMap<JobInfo, JobImagePrompts>();
  const of = (job: JobInfo, args: Args): JobImagePrompts => {
    const prompts = known.get(job) ?? new JobImagePrompts(parts, encoded, promptsIn(args));
    known.set(job, prompts);
    return prompts;
  };
  const slots = ({ job, args }: Asked): number => of(job, args).count;
  const variant = (ctx: Asked): string | undefined => (slots(ctx) === 0 ? undefined : `pictures ${slots(ctx)}`);

  sampling.plan.tap((_, { job, args, model }) => of(job, args).prepare(job, model.weightsId));
  graph.plan.tap({ variant: (ctx) => (ctx.network === 'unet' ? variant(ctx) : undefined) }, (plan, { job, args, model }) => {
    if (plan.network === 'unet') of(job, args).seeUnet(model.weightsId, plan.config);
  });
  tapAttention(graph, slots, variant);
  graph.inputs.tap((_, ctx) => (ctx.plan.network === 'unet' && slots(ctx) > 0 ? assertRoom(ctx) : undefined));
  sampling.feeds.tap((feeds, ctx) =>
    slots(ctx) === 0 ? undefined : of(ctx.job, ctx.args).feed(feeds, ctx.step, ctx.model.weightsId, ctx.job.signal),
  );
  jobs.done.tap((_, { job }) => known.get(job)?.free());
}

interface Asked {
  readonly job: JobInfo;
  readonly args: Args;
}

/** Makes room for pictures in every cross-attention. */
function tapAttention(graph: HookFacade<Args>['graph'], slots: (ctx: Asked) => number, variant: (ctx: Asked) => string | undefined): void {
  const beside = new BesideText();
  // Outermost: what others make of the queries is asked, what others make of the result sees the picture too.
  for (const layer of ['to_q', 'to_out.0'])
    graph.module.tap({ path: `unet.**.attn2.${layer}`, variant, stage: Stage.Late }, (inner, ctx) =>
      beside.wrap(ctx.path, inner, { heads: (ctx.plan.config as unknown as UnetConfig).heads, slots: slots(ctx) }),
    );
}

/** Another extension may have written cross-attention anew. @throws HostError CONTROL_UNFIT */
function assertRoom({ plan, inputs }: InputsScope): void {
  const taken = attentionPlaces(plan.config as unknown as UnetConfig).find(({ path }) => !inputs.has(inputNames(0, path).key));
  if (!taken) return;
  const problem = `${taken.path} has no room for a picture: another extension writes it; switch that off`;
  throw new HostError('CONTROL_UNFIT', { unit: 0, problem });
}
