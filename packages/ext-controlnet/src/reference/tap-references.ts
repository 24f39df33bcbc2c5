import type { UnetConfig } from '@armature/nn';
import { type HookFacade, type JobInfo, type Raster, Stage } from '@armature/sdk';
import { type ControlUnit, countedUnits } from '../units/control-unit.js';
import type { UnitParts } from '../units/ready-unit.js';
import { attendingReference, normalisedByReference } from './emit-reference.js';
import { isReference } from './is-reference.js';
import { JobReferences } from './job-references.js';
import { statisticsPlaces } from './reference-places.js';

interface Args {
  readonly units: readonly ControlUnit[];
}

const referencesIn = ({ units }: Args): boolean => units.some((unit) => unit.enabled && isReference(unit));

/**
 * Reference-only on declared hooks: jobs with a reference find a UNet that can keep what its layers see, and look at it. Another picture,
 * module, weight or fidelity is another value, never another session. @returns the maps of a job's references
 */
export function tapReferences(
  { graph, sampling }: HookFacade<Args>,
  parts: UnitParts,
): (job: JobInfo) => Promise<ReadonlyMap<number, readonly Raster[]>> {
  const known = new WeakMap<JobInfo, JobReferences>();
  const of = (job: JobInfo, { units }: Args): JobReferences => {
    const references = known.get(job) ?? new JobReferences(parts, job, countedUnits(units));
    known.set(job, references);
    return references;
  };

  sampling.plan.tap((_, { job, args }) => (referencesIn(args) ? of(job, args).prepare() : undefined));
  tapModules(graph);
  graph.inputs.tap((_, { job, args, plan }) => {
    if (plan.network === 'unet' && referencesIn(args)) of(job, args).seeUnet(plan.config as unknown as UnetConfig);
  });
  sampling.feeds.tap((_, { job, step, model, args }) => {
    if (referencesIn(args)) of(job, args).step(step, model);
  });
  sampling.denoiser.tap((inner, { job, args }) => {
    if (!referencesIn(args)) return;
    const references = of(job, args);
    references.begin();
    return (feeds) => references.denoise(inner, feeds);
  });
  return async (job) => (await known.get(job)?.maps()) ?? new Map();
}

function tapModules(graph: HookFacade<Args>['graph']): void {
  // Outermost: what others make of keys and values is made of the reference's too.
  const variant = ({ args }: { readonly args: Args }): string | undefined => (referencesIn(args) ? 'reference' : undefined);
  graph.module.tap({ path: 'unet.**.attn1', stage: Stage.Late, variant }, (inner, { args }) =>
    referencesIn(args) ? attendingReference(inner) : undefined,
  );
  for (const path of ['unet.middle_block', 'unet.input_blocks.*', 'unet.output_blocks.*'])
    graph.module.tap({ path, stage: Stage.Late, variant }, (inner, { args, plan, path: at }) => {
      const places = referencesIn(args) ? statisticsPlaces(plan.config as unknown as UnetConfig) : [];
      return places.some((place) => place.path === at) ? normalisedByReference(inner) : undefined;
    });
}
