import type { PastedRequest } from '../api/index.js';
import type { FieldReader } from './field-reader.js';

type Hires = NonNullable<PastedRequest['hires']>;
type Init = NonNullable<PastedRequest['init']>;
type Mask = NonNullable<Init['mask']>;

const hiresSigns = ['Hires upscale', 'Hires upscaler', 'Hires resize'];
const maskSigns = ['Mask blur', 'Mask mode', 'Inpaint area', 'Masked content', 'Masked area padding'];
const contents: readonly NonNullable<Mask['content']>[] = ['fill', 'original', 'latent noise', 'latent nothing'];

/**
 * The parts of a request beyond one plain run: the second run of a text that speaks of one, what a picture made from a
 * picture says of that. `isWritten` tells fields of the text from defaults.
 */
export function pasteParts(fields: FieldReader, isWritten: (key: string) => boolean): Pick<PastedRequest, 'hires' | 'init'> {
  const denoising = fields.number('Denoising strength');
  const resized = Number(fields.raw('Hires resize-1') ?? 0) > 0 || Number(fields.raw('Hires resize-2') ?? 0) > 0;
  const hires = resized || hiresSigns.some(isWritten);
  if (hires) return { hires: pasteHires(fields, denoising) };
  const mask = maskSigns.some(isWritten) ? pasteMask(fields) : undefined;
  const imageCfgScale = fields.number('Image CFG scale');
  if (denoising === undefined && imageCfgScale === undefined && !mask) return {};
  return {
    init: {
      ...(denoising !== undefined && { denoisingStrength: denoising }),
      ...(imageCfgScale !== undefined && { imageCfgScale }),
      ...(mask && { mask }),
    },
  };
}

function pasteHires(fields: FieldReader, denoisingStrength: number | undefined): Hires {
  const [width = 0, height = 0] = [fields.number('Hires resize-1'), fields.number('Hires resize-2')];
  const scale = fields.number('Hires upscale');
  const upscaler = fields.text('Hires upscaler');
  const steps = fields.number('Hires steps');
  const cfgScale = fields.number('Hires CFG Scale');
  return {
    ...(width > 0 || height > 0 ? { width, height } : scale !== undefined && { scale }),
    ...(upscaler !== undefined && { upscaler }),
    ...(denoisingStrength !== undefined && { denoisingStrength }),
    ...(steps !== undefined && { steps }),
    ...(cfgScale !== undefined && { cfgScale }),
    prompt: fields.text('Hires prompt') ?? '',
    negativePrompt: fields.text('Hires negative prompt') ?? '',
  };
}

/** A blur that is not written was none. */
function pasteMask(fields: FieldReader): Mask {
  const blur = fields.number('Mask blur') ?? 0;
  const content = contents.find((each) => each === fields.raw('Masked content'));
  const padding = fields.number('Masked area padding');
  return {
    blurX: blur,
    blurY: blur,
    invert: fields.text('Mask mode') === 'Inpaint not masked',
    ...(content && fields.text('Masked content') && { content }),
    area: fields.text('Inpaint area') === 'Only masked' ? 'masked' : 'whole',
    ...(padding !== undefined && { padding }),
  };
}
