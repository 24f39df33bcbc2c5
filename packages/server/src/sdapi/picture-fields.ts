import type { RequestInput } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import type { GenerationFields } from './generation-fields.js';

type Init = NonNullable<RequestInput['init']>;

const contents = ['fill', 'original', 'latent noise', 'latent nothing'] as const;
const resizeModes = ['stretch', 'crop', 'fill', 'latent'] as const;

/** What image to image starts from; the webui's numbers stand for our words. @throws HostError REQUEST_INVALID for another number */
export function fromPicture(
  fields: GenerationFields,
  { images, mask }: { readonly images: readonly Uint8Array[]; readonly mask: Uint8Array | undefined },
): Init {
  return {
    images,
    denoisingStrength: fields.denoising_strength ?? 0.75,
    resizeMode: nth(resizeModes, 'resize_mode', fields.resize_mode ?? 0),
    ...(fields.image_cfg_scale !== null && { imageCfgScale: fields.image_cfg_scale }),
    ...(mask && { mask: maskOf(fields, mask) }),
  };
}

/** `mask_blur` stands for both axes. */
function maskOf(fields: GenerationFields, image: Uint8Array): Init['mask'] {
  return {
    image,
    blurX: fields.mask_blur ?? fields.mask_blur_x ?? 4,
    blurY: fields.mask_blur ?? fields.mask_blur_y ?? 4,
    round: fields.mask_round ?? true,
    invert: (fields.inpainting_mask_invert ?? 0) !== 0,
    content: nth(contents, 'inpainting_fill', fields.inpainting_fill ?? 0),
    area: fields.inpaint_full_res === false ? 'whole' : 'masked',
    padding: fields.inpaint_full_res_padding ?? 0,
  };
}

function nth<const T extends readonly string[]>(words: T, field: string, index: number): T[number] {
  const word = words[index];
  if (word !== undefined) return word;
  const known = words.map((each, at) => `${at} (${each})`).join(', ');
  throw new HostError('REQUEST_INVALID', { field, problem: `give one of ${known}`, seen: index });
}
