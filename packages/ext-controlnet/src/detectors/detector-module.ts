import type { CatalogueEntry, Tensor } from '@armature/sdk';
import type { ControlModule, ModuleNumbers } from '../modules/control-module.js';
import { padded } from '../modules/in-resolution.js';
import type { Pixels } from '../vision/pixels.js';
import { resize } from '../vision/resize.js';
import type { Detector } from './detector.js';
import { type DetectorParts, detectorFolder } from './detector-parts.js';
import { findDetector } from './find-detector.js';
import { type OpenDetector, openDetector, unfit } from './open-detector.js';
import { coloursLast, pictureInput } from './picture-input.js';
import type { Plane } from './plane.js';

/** A detector as a module of units: its file is looked for when a map is made. */
export function detectorModule(detector: Detector, parts: DetectorParts): ControlModule {
  const { name, label, tags, priority, sliders, softAtHighRes } = detector;
  return {
    name,
    ...(label !== undefined && { label }),
    tags,
    priority,
    sliders,
    ...(softAtHighRes && { softAtHighRes }),
    resolution: true,
    file: `${detectorFolder}/${detector.file}.onnx`,
    run: (image, numbers, signal) => detect(detector, parts, { image, numbers, signal }),
  };
}

interface Asked {
  readonly image: Pixels;
  readonly numbers: ModuleNumbers;
  readonly signal: AbortSignal;
}

/** @throws HostError PREPROCESSOR_*, ONNX_ILLEGAL, CKPT_*, RUNTIME_*, JOB_CANCELLED */
async function detect(detector: Detector, parts: DetectorParts, { image, numbers, signal }: Asked): Promise<Pixels> {
  const entry = await findDetector(parts.catalogue, detector);
  const { picture, restore } = padded(image, numbers.resolution);
  const network = await openDetector(parts, detector, entry);
  try {
    const input = pictureInput(resize(picture, sizeFor(picture, detector, network), 'cubic'), detector.sees);
    const found = await network.run(network.coloursLast ? coloursLast(input) : input, signal);
    const maps = found.map((output) => planesOf(output, detector, entry));
    const { planes = 1 } = detector;
    if (!maps.some(({ length }) => length >= planes)) throw unfit(detector, entry, `its answer has fewer than ${planes} channels`);
    return restore(detector.read(maps, picture, numbers));
  } finally {
    await network.close();
  }
}

function sizeFor(
  { width, height }: Pixels,
  { size }: Detector,
  { fixed }: OpenDetector,
): { readonly width: number; readonly height: number } {
  if (fixed) return fixed;
  if (!size) return { width, height };
  const { multiple, shorter } = size;
  const scale = shorter === undefined ? 1 : shorter / Math.min(width, height);
  const round = shorter === undefined ? Math.ceil : Math.round;
  const side = (length: number): number => Math.max(multiple, round((length * scale) / multiple) * multiple);
  return { width: side(width), height: side(height) };
}

/** [h,w], [c,h,w] or [1,c,h,w] → a plane for each channel. */
function planesOf(output: Tensor, detector: Detector, entry: CatalogueEntry): readonly Plane[] {
  const [height, width] = output.shape.slice(-2);
  const rank = output.shape.length;
  if (!height || !width || rank < 2 || rank > 4 || (rank === 4 && output.shape[0] !== 1))
    throw unfit(detector, entry, `it gave [${output.shape.join(',')}], and maps [1,c,h,w] are what is read`);
  const data = output.toFloat32Array();
  const size = width * height;
  return Array.from({ length: data.length / size }, (_, at) => ({ data: data.subarray(at * size, (at + 1) * size), width, height }));
}
