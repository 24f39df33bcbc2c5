import { HostError, isRaster, type JobInfo } from '@armature/sdk';
import { type Pixels, pixelsOf, toRgb } from '../vision/pixels.js';
import type { ControlUnit } from './control-unit.js';
import { unitPicture } from './read-picture.js';
import type { UnitParts } from './ready-unit.js';

/** Every picture of a unit that takes several, with its mask as fourth channel; without one, that of the request. @throws HostError CONTROL_UNFIT */
export async function unitPictures(
  { images }: Pick<UnitParts, 'images'>,
  index: number,
  unit: ControlUnit,
  { request }: JobInfo,
): Promise<readonly Pixels[]> {
  const given: unknown = unit.image ?? unit.input_image;
  const several =
    Array.isArray(given) && given.length > 0 && given.every((item) => typeof item === 'object' && item !== null && !isRaster(item));
  const found: Pixels[] = [];
  for (const item of several ? (given as readonly unknown[]) : [given]) {
    const picture = await unitPicture({ ...unit, image: item as ControlUnit['image'] }, { unit: index, images });
    if (picture) found.push(picture);
  }
  if (found.length > 0) return found;
  const [first] = request.init?.images ?? [];
  if (!first) throw new HostError('CONTROL_UNFIT', { unit: index, problem: 'it has no picture; give it one in `image`' });
  return [toRgb(pixelsOf(first))];
}
