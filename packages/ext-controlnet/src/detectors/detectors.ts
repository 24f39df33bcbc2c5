import type { Detector } from './detector.js';
import { hed } from './hed.js';
import { lineDrawing } from './line-drawing.js';
import { readClasses } from './read-classes.js';
import { readDistance, readNearness, readNormals } from './read-depth.js';
import { readDrawing, readFused, readSideOutputs } from './read-edges.js';
import { readLines } from './read-lines.js';
import { asScribble } from './read-scribble.js';

type Rest = Omit<Detector, 'name' | 'tags' | 'priority' | 'sliders' | 'file'> & Partial<Detector>;
const row = (name: string, tags: readonly string[], rest: Rest): Detector => ({
  name,
  tags,
  priority: 0,
  sliders: [],
  file: name,
  ...rest,
});

const raw = {};
const unit = { std: 255 };
const centred = { mean: 127.5, std: 127.5 };
const imageNet = { mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375] } as const;
/** HED and TEED step their strengths twice. */
const safe = 2;

const hedFile = { file: 'hed', sees: raw, own: { files: ['ControlNetHED'], format: 'HED', marker: 'block1.convs.0.weight', emit: hed } };
const pidinetFile = { file: 'pidinet', sees: { ...unit, bgr: true } };
const drawing = (file: string) => ({
  sees: unit,
  own: { files: [file], format: 'line drawing network', marker: 'model0.1.weight', emit: lineDrawing },
});
const sketch = ['Scribble', 'SparseCtrl'];
const threshold = (label: string, max: number) => ({ label, min: 0.01, max, step: 0.01, value: 0.1, decimal: true });
const steps = { label: 'Safe Steps', min: 0, max: 10, step: 1, value: 2 };

/** Preprocessors that stand on a network of the user's, with what the original does before and behind it. */
export const detectors: readonly Detector[] = [
  row('hed', ['SoftEdge'], { label: 'softedge_hed', ...hedFile, read: (found, like) => readSideOutputs(found, like) }),
  row('hed_safe', ['SoftEdge'], { label: 'softedge_hedsafe', ...hedFile, read: (found, like) => readSideOutputs(found, like, safe) }),
  row('scribble_hed', sketch, { ...hedFile, read: (found, like) => asScribble(readSideOutputs(found, like)) }),
  row('softedge_teed', ['SoftEdge'], {
    file: 'teed',
    sees: raw,
    sliders: [steps],
    read: (found, like, { a }) => readSideOutputs(found, like, Math.trunc(a)),
  }),
  row('pidinet', ['SoftEdge'], { label: 'softedge_pidinet', priority: 100, ...pidinetFile, read: (found, like) => readFused(found, like) }),
  row('pidinet_safe', ['SoftEdge'], {
    label: 'softedge_pidisafe',
    ...pidinetFile,
    read: (found, like) => readFused(found, like, { steps: safe }),
  }),
  row('pidinet_sketch', ['T2I-Adapter'], {
    label: 't2ia_sketch_pidi',
    ...pidinetFile,
    read: (found, like) => readFused(found, like, { sure: true }),
  }),
  row('pidinet_scribble', sketch, {
    label: 'scribble_pidinet',
    priority: 100,
    ...pidinetFile,
    read: (found, like) => asScribble(readFused(found, like)),
  }),
  row('lineart', ['Lineart'], { label: 'lineart_realistic', ...drawing('sk_model'), read: (found, like) => readDrawing(found, like, 255) }),
  row('lineart_coarse', ['Lineart'], { ...drawing('sk_model2'), read: (found, like) => readDrawing(found, like, 255) }),
  row('lineart_anime', ['Lineart'], {
    sees: centred,
    size: { multiple: 256 },
    read: (found, like) => readDrawing(found, like, 127.5, 127.5),
  }),
  row('lineart_anime_denoise', ['Lineart'], { sees: { grey: true }, read: (found, like) => readDrawing(found, like, 1) }),
  row('mlsd', ['MLSD'], {
    priority: 100,
    softAtHighRes: true,
    sees: { ...centred, ones: true },
    planes: 5,
    sliders: [threshold('MLSD Value Threshold', 2), threshold('MLSD Distance Threshold', 20)],
    read: (found, like, { a, b }) => readLines(found, like, a, b),
  }),
  row('depth', ['Depth'], { label: 'depth_midas', priority: 100, file: 'midas', sees: centred, read: readNearness }),
  row('depth_zoe', ['Depth'], { sees: unit, read: readDistance }),
  row('depth_anything', ['Depth'], { sees: imageNet, size: { multiple: 14, shorter: 518 }, read: readNearness }),
  row('depth_anything_v2', ['Depth'], { sees: imageNet, size: { multiple: 14, shorter: 518 }, read: readNearness }),
  row('normal_bae', ['NormalMap'], { priority: 100, sees: imageNet, planes: 3, read: readNormals }),
  row('segmentation', ['Segmentation'], { label: 'seg_ufade20k', sees: imageNet, read: readClasses }),
  row('oneformer_ade20k', ['Segmentation'], { label: 'seg_ofade20k', priority: 100, sees: imageNet, read: readClasses }),
];
