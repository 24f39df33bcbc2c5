import {
  defineExtension,
  type ExtensionDefinition,
  field,
  type GraphPlan,
  type HookFacade,
  type Infotext,
  type JobInfo,
  type Raster,
  type Socket,
  Stage,
} from '@armature/sdk';
import { tapImagePrompts } from './ip-adapter/tap-image-prompts.js';
import type { ModuleShelf } from './modules/module-shelf.js';
import { shelveModules } from './modules/shelve-modules.js';
import { tapReferences } from './reference/tap-references.js';
import { controlRoutes } from './routes/control-routes.js';
import { controlSettings, hidesMaps, inpaintBlur } from './units/control-settings.js';
import { assertAllCount, type ControlUnit, countedUnits, currentUnit, unitShape } from './units/control-unit.js';
import { JobUnits } from './units/job-units.js';
import { seesMap } from './units/sees-map.js';
import { unitText } from './units/unit-numbers.js';
import { unitParts } from './units/unit-parts.js';

const units = field
  .list(
    field.object(unitShape, ({ enabled, guidance_start: start, guidance_end: end }) =>
      enabled && start > end ? `guidance_start ${start} is behind guidance_end ${end}` : undefined,
    ),
  )
  .label('Units');

/** Whether a request has units whose map a network sees. */
const hasUnits = (args: Args): boolean => args.units.some((unit) => unit.enabled && seesMap(unit));

/** Typed without its schemas, so that who imports it needs no zod. */
const controlnet: ExtensionDefinition = defineExtension({
  enabled: false,
  args: { units },
  a1111: { title: 'ControlNet', positional: [], rest: 'units' },
  setup({ hooks, contribute, use }) {
    contribute.modelFolder({ name: 'controlnet', folders: ['ControlNet'], extensions: ['.safetensors', '.pth', '.pt', '.ckpt', '.bin'] });
    const parts = unitParts(use, shelveModules(contribute, use));
    for (const setting of controlSettings) contribute.setting(setting);
    tapImagePrompts(hooks, contribute, parts);
    for (const route of controlRoutes(parts)) contribute.route(route);
    const jobs = new WeakMap<JobInfo, JobUnits>();
    const unitsOf = (job: JobInfo, wanted: readonly ControlUnit[]): JobUnits => {
      const known = jobs.get(job) ?? new JobUnits(parts, countedUnits(wanted));
      jobs.set(job, known);
      return known;
    };
    const referenceMaps = tapReferences(hooks, parts);

    hooks.job.admit.tap((_, { args }) => parts.modules.reject(args.units.map(({ module }) => module)));
    hooks.prompt.text.tap((_, { job, index, seed }) => {
      if (index === 0) parts.seeds.set(job, seed);
    });
    hooks.sampling.plan.tap((_, { job, args }) => unitsOf(job, args.units).prepare(job));
    hooks.graph.plan.tap(
      { variant: ({ network, args }) => (network === 'unet' && hasUnits(args) ? 'sockets' : undefined) },
      (plan, { job, network, args }) => {
        if (network !== 'unet' || !hasUnits(args)) return;
        unitsOf(job, args.units).seeUnet(plan.config);
        return { ...plan, sockets: [...plan.sockets, ...socketsOf(plan)] };
      },
    );
    hooks.sampling.feeds.tap((feeds, { job, model, step, args }) =>
      hasUnits(args) ? unitsOf(job, args.units).feed(feeds, step, model, job.signal) : undefined,
    );
    hooks.sampling.denoiser.tap((inner, { job, args }) =>
      hasUnits(args) ? async (feeds) => unitsOf(job, args.units).mend(feeds, await inner(feeds), job) : undefined,
    );
    hooks.image.batch.tap((pictures, { job, args }) =>
      hasUnits(args) ? Promise.all(pictures.map((picture) => unitsOf(job, args.units).finish(picture, inpaintBlur(job)))) : undefined,
    );
    tapTexts(hooks, parts.modules, async (job, args) => [...(await unitsOf(job, args.units).maps()), ...(await referenceMaps(job))]);
    hooks.job.done.tap((_, { job }) => jobs.get(job)?.free());
  },
});

export default controlnet;

interface Args {
  readonly units: readonly ControlUnit[];
}
type MapsOf = (job: JobInfo, args: Args) => Promise<readonly (readonly [number, readonly Raster[]])[]>;

/** What stands behind the results: parameters, and the maps in the order of the units. */
function tapTexts({ image }: HookFacade<Args>, modules: ModuleShelf, mapsOf: MapsOf): void {
  image.infotext.tap((infotext, { args }) => ({ ...infotext, fields: withUnits(infotext.fields, countedUnits(args.units), modules) }));
  image.extras.tap(async (pictures, { job, args }) => {
    if (hidesMaps(job)) return;
    const maps = [...(await mapsOf(job, args))].sort(([a], [b]) => a - b);
    return [...pictures, ...maps.flatMap(([, shown]) => shown)];
  });
  // The last word on the pictures: what it throws is told with them and leaves them as they are.
  image.extras.tap((_, { args }) => assertAllCount(args.units), { stage: Stage.Last });
}

/** Parameters with what every unit says of itself, where the original puts it. */
function withUnits(given: Infotext['fields'], units: readonly ControlUnit[], modules: ModuleShelf): Infotext['fields'] {
  const said = units
    .filter(({ enabled }) => enabled)
    .flatMap((unit, index) => {
      const module = modules.find(unit.module);
      const text = module && unitText(currentUnit(unit), module);
      return text === undefined ? [] : [[`ControlNet ${index}`, text] as [string, string]];
    });
  const fields = [...given];
  const place = fields.findIndex(([key]) => /^(TI hashes|Lora hashes|Refiner|Hires|Mask blur|Inpaint area|Masked area)/.test(key));
  return new Map(fields.toSpliced(place < 0 ? fields.length : place, 0, ...said));
}

/** One socket for each skip connection and the middle block, and one where each level of the way down ends. */
function socketsOf({ config }: GraphPlan): readonly Socket[] {
  const { channelMult, numResBlocks, modelChannels } = config as {
    channelMult: readonly number[];
    numResBlocks: number;
    modelChannels: number;
  };
  const widths = [modelChannels];
  for (const [level, mult] of channelMult.entries())
    for (let at = 0; at < numResBlocks + (level < channelMult.length - 1 ? 1 : 0); at++) widths.push(mult * modelChannels);
  const any = (width: number) => ['k', width, 'y', 'x'] as const;
  return [
    ...widths.map((width, at) => ({ name: `armature.controlnet.residual${at}`, at: `unet.skips.${at}`, shape: any(width) })),
    { name: `armature.controlnet.residual${widths.length}`, at: 'unet.middle_block', shape: any(widths.at(-1)!) },
    ...channelMult.map((mult, level) => ({
      name: `armature.controlnet.feature${level}`,
      at: `unet.input_blocks.${numResBlocks + level * (numResBlocks + 1)}`,
      shape: any(mult * modelChannels),
    })),
  ];
}
