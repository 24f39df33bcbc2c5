import {
  defineExtension,
  type ExtensionDefinition,
  IMAGES,
  type ImagesApi,
  type JobInfo,
  type Latent,
  type OverlayScope,
  Raster,
  Stage,
} from '@armature/sdk';
import { blendLatents } from './blend-latents.js';
import { changedMask } from './changed-mask.js';
import { softInpaintingArgs } from './soft-inpainting-args.js';

/** Radius that takes the steps of the latent grid out of the mask, pixels. */
const smoothing = 4;

/** The latents of a job's batch at hand. */
interface Batch {
  readonly original: Latent;
  readonly repaint: Latent;
  readonly painted?: Latent;
}

/** Typed without its schemas, so that who imports it needs no zod. */
const softInpainting: ExtensionDefinition = defineExtension({
  enabled: false,
  args: softInpaintingArgs,
  a1111: {
    title: 'Soft inpainting',
    tabs: ['img2img'],
    positional: [
      'enabled',
      'scheduleBias',
      'preservationStrength',
      'transitionContrast',
      'maskInfluence',
      'differenceThreshold',
      'differenceContrast',
    ],
    enabledKey: 'Soft inpainting enabled',
  },
  setup({ id, hooks, use }) {
    const images = use(IMAGES);
    const batches = new WeakMap<JobInfo, Batch>();

    hooks.api.request.tap(({ route, request }) => {
      const { init, extensions } = request;
      if (extensions[id]?.enabled !== true) return;
      // Without a mask it sits the job out, and its parameters say nothing.
      if (!init?.mask)
        return { route, request: { ...request, extensions: { ...extensions, [id]: { ...extensions[id], enabled: false } } } };
      return { route, request: { ...request, init: { ...init, mask: { ...init.mask, round: false } } } };
    });
    hooks.sampling.blend.tap((_, ctx) => {
      batches.set(ctx.job, { original: ctx.original, repaint: ctx.repaint });
      return ctx.final ? ctx.current : blendLatents(ctx, ctx.args);
    });
    hooks.sampling.done.tap(
      (painted, { job }) => {
        const batch = batches.get(job);
        if (batch) batches.set(job, { ...batch, painted });
      },
      { stage: Stage.Last },
    );
    hooks.image.overlay.tap(async (layer, ctx) => {
      const { original, repaint, painted } = batches.get(ctx.job) ?? {};
      if (!original || !repaint || !painted) return;
      const row = ctx.index % painted.batch;
      const one = (latent: Latent): Latent => latent.rows(row, row + 1);
      const changed = await changedMask({ original: one(original), painted: one(painted), repaint: one(repaint) }, ctx.args);
      return { ...layer, mask: await overPicture(changed, layer.mask, ctx, images) };
    });
  },
});

export default softInpainting;

/** A mask of latent cells → one over the whole given picture, black around the box that was painted. */
async function overPicture(changed: Raster, whole: Raster, { job, region }: OverlayScope, images: ImagesApi): Promise<Raster> {
  const { width, height } = job.request;
  const mask = await images.blur(await images.fit(changed, { width, height, mode: 'fill' }), smoothing);
  return region ? placed(await images.fit(mask, { ...region, mode: 'crop' }), region, whole) : mask;
}

function placed(part: Raster, { x, y }: { readonly x: number; readonly y: number }, { width, height }: Raster): Raster {
  const out = new Uint8Array(width * height);
  const columns = Math.min(part.width, width - x);
  const source = part.toBytes();
  for (let row = 0; row < Math.min(part.height, height - y); row++) {
    out.set(source.subarray(row * part.width, row * part.width + columns), (y + row) * width + x);
  }
  return new Raster(out, { width, height, channels: 1 });
}
