import {
  CATALOGUE,
  defineExtension,
  type ExtensionDefinition,
  isHostError,
  type JobInfo,
  type Logger,
  Stage,
  Tensor,
  WEIGHTS,
} from '@armature/sdk';
import { addWeights } from './add-weights.js';
import { changedContext, multiplierInput } from './changed-context.js';
import { describeHypernetwork } from './describe-hypernetwork.js';
import type { ActiveHypernetwork } from './hypernetwork.js';
import { HypernetworkShelf } from './hypernetwork-shelf.js';
import { readTags } from './read-tags.js';

/** Typed without its schemas, so that who imports it needs no zod. */
const hypernetwork: ExtensionDefinition = defineExtension({
  setup({ contribute, hooks, use, log }) {
    const catalogue = use(CATALOGUE);
    const shelf = new HypernetworkShelf(catalogue, use(WEIGHTS));
    const active = new WeakMap<JobInfo, readonly ActiveHypernetwork[]>();
    const of = (job: JobInfo): readonly ActiveHypernetwork[] => active.get(job) ?? [];
    /** Strengths are graph inputs, so only the files tell one network from another. */
    const variant = (job: JobInfo): string | undefined =>
      of(job).length === 0 ? undefined : JSON.stringify(of(job).map(({ network }) => network.weightsId));

    contribute.modelReader({ name: 'hypernetwork', describe: (file) => describeHypernetwork(shelf, file) });
    catalogue.onChange((kinds) => (kinds.includes('hypernetwork') ? shelf.forgetOld() : undefined));
    contribute.promptTag({
      name: 'hypernet',
      async activate(tags, { job }) {
        active.delete(job);
        if (tags.length === 0) return;
        const { found, problems } = await load(shelf, readTags(tags), log);
        active.set(job, found);
        for (const problem of problems) throw problem;
      },
    });
    hooks.model.weights.tap(
      { variant: ({ job, network = 'unet' }) => (network === 'unet' ? variant(job) : undefined) },
      (weights, { job }) => addWeights(weights, of(job)),
    );
    // Outermost: what else changes the matrices themselves sees the changed context.
    for (const part of ['k', 'v'] as const) {
      hooks.graph.module.tap(
        { path: `unet.**.attn*.to_${part}`, stage: Stage.Late, variant: ({ job }) => variant(job) },
        (inner, { job }) =>
          (g, context, ...more) =>
            inner(g, context && changedContext(g, context, part, of(job)), ...more),
      );
    }
    hooks.sampling.feeds.tap((feeds, { job }) => {
      if (of(job).length === 0) return;
      const multipliers = of(job).map(({ multiplier }, at) => [multiplierInput(at), [new Tensor([multiplier], [1])]] as const);
      return { ...feeds, inputs: { ...feeds.inputs, ...Object.fromEntries(multipliers) } };
    });
  },
});

export default hypernetwork;

/** As in the reference a name that no file has is passed over. */
async function load(
  shelf: HypernetworkShelf,
  wanted: ReturnType<typeof readTags>,
  log: Logger,
): Promise<{ readonly found: readonly ActiveHypernetwork[]; readonly problems: readonly unknown[] }> {
  const files = await shelf.names();
  const found: ActiveHypernetwork[] = [];
  const problems: unknown[] = [];
  for (const { name, multiplier } of wanted) {
    const entry = files.get(name);
    if (!entry) {
      log.warn(`There is no hypernetwork ${JSON.stringify(name.slice(0, 100))}; its tag is left out.`);
      continue;
    }
    try {
      found.push({ network: await shelf.get(entry), multiplier });
    } catch (error) {
      problems.push(error);
      if (isHostError(error)) log.warn(error.message, { code: error.code });
    }
  }
  return { found, problems };
}
