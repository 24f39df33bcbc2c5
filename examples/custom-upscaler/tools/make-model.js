// Writes models/crisp-2x.onnx: node tools/make-model.js [file]
//
// One convolution and a shuffle: bicubic interpolation (Keys 1981, a = −1/2) to twice the size, of a picture whose edges were
// sharpened first. A trained model (ESPCN, ESRGAN) takes its place without a change of the extension: `image` [1,3,h,w] in
// 0…1 goes in, `larger` [1,3,2h,2w] comes out. Field numbers are those of onnx.proto3.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const SHARPNESS = 0.2;
const REACH = 3;
const [FLOAT, INT64] = [1, 7];

const varint = (value) => (value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))]);
const int = (field, value) => [...varint(field * 8), ...varint(value)];
const bytes = (field, content) => [...varint(field * 8 + 2), ...varint(content.length), ...content];
const text = (field, value) => bytes(field, [...Buffer.from(value)]);

const attribute = (name, value) => {
  if (typeof value === 'string') return bytes(5, [...text(1, name), ...text(4, value), ...int(20, 3)]);
  return bytes(5, [...text(1, name), ...int(3, value), ...int(20, 2)]);
};
const node = (op, inputs, output, attributes = {}) =>
  bytes(1, [
    ...inputs.flatMap((name) => text(1, name)),
    ...text(2, output),
    ...text(3, output),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(([name, value]) => attribute(name, value)),
  ]);
const tensor = (name, type, dims, values) =>
  bytes(5, [...dims.flatMap((dim) => int(1, dim)), ...int(2, type), ...text(8, name), ...bytes(9, [...new Uint8Array(values.buffer)])]);
const value = (field, name, dims) => {
  const shape = dims.flatMap((dim) => bytes(1, typeof dim === 'number' ? int(1, dim) : text(2, dim)));
  return bytes(field, [...text(1, name), ...bytes(2, bytes(1, [...int(1, FLOAT), ...bytes(2, shape)]))]);
};

/** Keys' cubic of a distance. */
const cubic = (distance) => {
  const d = Math.abs(distance);
  if (d >= 2) return 0;
  return d < 1 ? 1.5 * d ** 3 - 2.5 * d ** 2 + 1 : -0.5 * d ** 3 + 2.5 * d ** 2 - 4 * d + 2;
};

/** Weights of 7 neighbours for the new pixel a quarter left (phase 0) or right (phase 1) of an old one. */
function phaseWeights(phase) {
  const places = Array.from({ length: 2 * REACH + 1 }, (_, i) => i - REACH);
  const at = phase === 0 ? -0.25 : 0.25;
  const sharp = (place) => (1 + 2 * SHARPNESS) * cubic(place - at) - SHARPNESS * (cubic(place - 1 - at) + cubic(place + 1 - at));
  return places.map(sharp);
}

const size = 2 * REACH + 1;
const phases = [phaseWeights(0), phaseWeights(1)];
const kernels = phases.flatMap((rows) => phases.map((columns) => rows.flatMap((y) => columns.map((x) => x * y))));
const weights = Float32Array.from([0, 1, 2].flatMap(() => kernels.flat()));

const graph = [
  ...node('Pad', ['image', 'margin'], 'padded', { mode: 'edge' }),
  ...node('Conv', ['padded', 'weights'], 'phases', { group: 3 }),
  ...node('DepthToSpace', ['phases'], 'shuffled', { blocksize: 2, mode: 'CRD' }),
  ...node('Clip', ['shuffled', 'black', 'white'], 'larger'),
  ...text(2, 'crisp-2x'),
  ...tensor('margin', INT64, [8], BigInt64Array.from([0, 0, REACH, REACH, 0, 0, REACH, REACH], BigInt)),
  ...tensor('weights', FLOAT, [12, 1, size, size], weights),
  ...tensor('black', FLOAT, [], Float32Array.of(0)),
  ...tensor('white', FLOAT, [], Float32Array.of(1)),
  ...value(11, 'image', [1, 3, 'h', 'w']),
  ...value(12, 'larger', [1, 3, 'h2', 'w2']),
];
const model = [...int(1, 8), ...bytes(7, graph), ...bytes(8, [...text(1, ''), ...int(2, 17)])];
writeFileSync(process.argv[2] ?? fileURLToPath(new URL('../models/crisp-2x.onnx', import.meta.url)), Uint8Array.from(model));
