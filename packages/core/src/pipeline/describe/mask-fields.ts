import type { DescribedBatch } from './described-batch.js';
import type { DescribedField } from './described-field.js';

/** What the mask of an image-to-image request was. A blur that differs along the axes is not told, as in the reference. */
export function maskFields({ first, maskEmpty }: DescribedBatch): readonly DescribedField[] {
  const mask = first.run.job.info.request.init?.mask;
  if (!mask) return [];
  const { blurX, blurY, area, padding, content, invert } = mask;
  const boxed = area === 'masked' && !maskEmpty;
  return [
    ['Mask mode', invert ? 'Inpaint not masked' : null],
    ...(blurX > 0 || blurY > 0 ? [['Mask blur', blurX === blurY ? blurX : null] as const] : []),
    ['Inpaint area', boxed ? 'Only masked' : null],
    ['Masked area padding', boxed ? padding : null],
    ['Masked content', content === 'original' || maskEmpty ? null : content],
  ];
}
