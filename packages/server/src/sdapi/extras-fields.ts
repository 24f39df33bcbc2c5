import type { ExtrasInput } from '@armature/core';
import { z } from 'zod';

const share = z.number().min(0).max(1).default(0);
const side = z.number().int().min(1).default(512);

/** What both routes for finished pictures understand, with the webui's defaults. */
export const extrasFields = z.object({
  resize_mode: z.union([z.literal(0), z.literal(1)]).default(0),
  show_extras_results: z.boolean().default(true),
  gfpgan_visibility: share,
  codeformer_visibility: share,
  codeformer_weight: share,
  upscaling_resize: z.number().positive().default(2),
  upscaling_resize_w: side,
  upscaling_resize_h: side,
  upscaling_crop: z.boolean().default(true),
  upscaler_1: z.string().default('None'),
  upscaler_2: z.string().default('None'),
  extras_upscaler_2_visibility: share,
  upscale_first: z.boolean().default(false),
});

/** The host's request for those fields; `upscale_first` changes nothing, as in the webui. */
export const toExtras = (fields: z.output<typeof extrasFields>): Omit<ExtrasInput, 'images'> => ({
  scale: fields.upscaling_resize,
  ...(fields.resize_mode === 1 && {
    size: { width: fields.upscaling_resize_w, height: fields.upscaling_resize_h, crop: fields.upscaling_crop },
  }),
  upscaler: fields.upscaler_1,
  secondUpscaler: fields.upscaler_2,
  secondVisibility: fields.extras_upscaler_2_visibility,
  restorers: [
    { name: 'GFPGAN', visibility: fields.gfpgan_visibility },
    { name: 'CodeFormer', visibility: fields.codeformer_visibility, weight: fields.codeformer_weight },
  ],
});
