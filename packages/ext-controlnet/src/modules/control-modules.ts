import { canny } from '../vision/canny.js';
import { roundEven } from '../vision/fit-map.js';
import { gaussianBlur } from '../vision/gaussian-blur.js';
import { type Pixels, toRgb } from '../vision/pixels.js';
import { resize } from '../vision/resize.js';
import type { ControlModule, Slider } from './control-module.js';
import { intensity, luminance } from './grey-maps.js';
import { imagePromptModules } from './image-prompt-modules.js';
import { atResolution, inResolution } from './in-resolution.js';
import { darkLines, xdog } from './line-maps.js';
import { referenceModules } from './reference-modules.js';
import { shuffle } from './shuffle.js';
import { softEdges } from './soft-edges.js';

const slider = (label: string, min: number, max: number, step: number, value: number): Slider => ({ label, min, max, step, value });
const decimal = (from: Slider): Slider => ({ ...from, decimal: true });
const gammaSlider = decimal(slider('Gamma Correction', 0.1, 2, 0.001, 1));

const row = (name: string, tags: readonly string[], rest: Partial<ControlModule> = {}): ControlModule => ({
  name,
  tags,
  priority: 0,
  resolution: true,
  sliders: [],
  ...rest,
});

/** Averages tiles away: `rate` pixels become one. */
function downsampled(image: Pixels, rate: number): Pixels {
  const rgb = toRgb(image);
  if (rate < 1.1) return rgb;
  return resize(rgb, { width: Math.floor(rgb.width / rate), height: Math.floor(rgb.height / rate) }, 'area');
}

/** Colours of 64×64 tiles of the picture, its shorter side at `resolution`. */
function colourGrid(picture: Pixels, resolution: number): Pixels {
  const rgb = toRgb(picture);
  const scale = resolution / Math.min(rgb.width, rgb.height);
  const image = resize(rgb, { width: roundEven(rgb.width * scale), height: roundEven(rgb.height * scale) }, 'area');
  const small = resize(image, { width: Math.floor(image.width / 64), height: Math.floor(image.height / 64) }, 'cubic');
  return resize(small, image, 'nearest');
}

function thresholded(image: Pixels, level: number): Pixels {
  const data = new Uint8Array(image.data.length);
  for (let at = 0; at < data.length; at += 3)
    if (Math.min(image.data[at]!, image.data[at + 1]!, image.data[at + 2]!) > level) data.fill(255, at, at + 3);
  return { ...image, data };
}

const inverted = (image: Pixels): Pixels => {
  const rgb = toRgb(image);
  return { ...rgb, data: rgb.data.map((value) => 255 - value) };
};
const asIs = (image: Pixels): Pixels => image;

/** Modules that need no file. */
export const controlModules: readonly ControlModule[] = [
  row('none', ['InstructP2P'], { priority: 10, run: toRgb }),
  row('canny', ['Canny'], {
    priority: 100,
    softAtHighRes: true,
    seesAlpha: true,
    sliders: [slider('Low Threshold', 1, 255, 1, 100), slider('High Threshold', 1, 255, 1, 200)],
    run: (image, { resolution, a, b }) => inResolution(image, resolution, (padded) => canny(padded, a, b)),
  }),
  row('invert', ['Canny', 'Lineart', 'Scribble', 'MLSD'], {
    label: 'invert (from white bg & black line)',
    priority: 20,
    resolution: false,
    run: inverted,
  }),
  row('blur_gaussian', ['Tile'], {
    sliders: [decimal(slider('Sigma', 0.01, 64, 0.01, 9))],
    run: (image, { resolution, a }) => gaussianBlur(atResolution(image, resolution), a),
  }),
  row('scribble_xdog', ['Scribble', 'SparseCtrl'], {
    sliders: [slider('XDoG Threshold', 1, 64, 0.01, 32)],
    run: (image, { resolution, a }) => inResolution(image, resolution, (padded) => xdog(padded, a)),
  }),
  row('threshold', [], {
    sliders: [slider('Binarization Threshold', 0, 255, 0.01, 127)],
    run: (image, { resolution, a }) => thresholded(atResolution(image, resolution), a),
  }),
  row('lineart_standard', ['Lineart'], {
    label: 'lineart_standard (from white bg & black line)',
    priority: 100,
    run: (image, { resolution }) => inResolution(image, resolution, darkLines),
  }),
  row('softedge_gradient', ['SoftEdge'], {
    sliders: [decimal(slider('Sigma', 0.5, 16, 0.1, 1.5))],
    run: (image, { resolution, a }) => inResolution(image, resolution, (padded) => softEdges(padded, a)),
  }),
  row('recolor_luminance', ['Recolor'], { priority: 100, sliders: [gammaSlider], run: (image, { a }) => luminance(toRgb(image), a) }),
  row('recolor_intensity', ['Recolor'], { sliders: [gammaSlider], run: (image, { a }) => intensity(toRgb(image), a) }),
  row('tile_resample', ['Tile'], {
    priority: 100,
    sliders: [decimal(slider('Down Sampling Rate', 1, 8, 0.01, 1))],
    run: (image, { a }) => downsampled(image, a),
  }),
  row('color', ['T2I-Adapter'], {
    label: 't2ia_color_grid',
    run: (image, { resolution }) => colourGrid(image, resolution),
  }),
  row('tile_colorfix', ['Tile'], { sliders: [slider('Variation', 3, 32, 1, 8)], run: toRgb }),
  row('tile_colorfix+sharp', ['Tile'], {
    sliders: [slider('Variation', 3, 32, 1, 8), decimal(slider('Sharpness', 0, 2, 0.01, 1))],
    run: toRgb,
  }),
  row('shuffle', ['Shuffle'], {
    resolution: false,
    ownResolution: 512,
    draws: true,
    run: (image, { resolution, seed }) => shuffle(atResolution(image, resolution), seed),
  }),
  row('inpaint_only', ['Inpaint'], { priority: 100, resolution: false, masked: true, run: asIs }),
  row('inpaint', ['Inpaint'], { label: 'inpaint_global_harmonious', resolution: false, masked: true, run: asIs }),
  ...referenceModules,
  ...imagePromptModules,
];

/** By name or label, as the original compares them. */
export const findModule = (name: string, modules: readonly ControlModule[] = controlModules): ControlModule | undefined =>
  modules.find((module) => module.name === name || module.label === name);
