import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { isTensor, Raster, Tensor } from '@armature/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { onnxFixture } from '../../core/test/runtime/onnx-fixture.js';
import { adePalette } from '../src/detectors/ade-palette.js';
import { hed } from '../src/detectors/hed.js';
import { lineDrawing } from '../src/detectors/line-drawing.js';
import { DetectorBench } from './detector-bench.js';
import { noise } from './noise.js';
import { pointwiseModel } from './pointwise-model.js';

/** What a pass may differ by, relative to the largest value. */
const limit = 1e-4;
const [width, height] = [128, 64];
const imageNet = [
  [123.675, 116.28, 103.53],
  [58.395, 57.12, 57.375],
] as const;
const worst = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);

let bench: DetectorBench;
beforeAll(async () => {
  bench = await DetectorBench.open();
});
afterAll(() => bench?.close());
beforeEach(() => bench.clear());

describe('networks written from their authors’ weights', () => {
  it.each([
    ['hed', hed, 'hed'],
    ['sk_model', lineDrawing, 'lineart'],
  ] as const)('%s: each output as PyTorch has it, and the map', async (name, emit, module) => {
    const path = join(DetectorBench.oracle, `${name}.safetensors`);
    const file = await bench.weights.open(path);
    const tensor = async (key: string): Promise<Tensor> => new Tensor(await file.get(key)!.read(), file.get(key)!.shape);
    const session = await bench.sessions.open({ key: name, weightsPath: path, weightPrefix: '', emit: async (g) => emit(g, file) });
    const outputs = Object.values(await session.run({ image: await tensor('oracle.input') })).filter(isTensor);
    await session.free();
    for (const [at, output] of outputs.entries()) {
      const wanted = await tensor(`oracle.${at}`);
      expect(output.shape).toEqual(wanted.shape);
      const largest = Math.max(1, ...wanted.toFloat32Array().map(Math.abs));
      const difference = worst([...output.toFloat32Array()], [...wanted.toFloat32Array()]) / largest;
      console.info(`${name} output ${at}: ${difference.toExponential(1)} of its largest value ${largest.toFixed(2)}`);
      expect(difference).toBeLessThanOrEqual(limit);
    }
    expect(file.keys.has(`oracle.${outputs.length}`)).toBe(false);

    await cp(path, join(bench.folder, `${name}.safetensors`));
    const image = new Raster(await file.get('oracle.picture')!.read(), { width, height, channels: 3 });
    const map = await bench.host.preprocess({ module, image, args: { resolution: 64 } });
    const wanted = await file.get('oracle.map')!.read();
    // A value that lies on the edge of two levels may fall to either side.
    expect(
      worst(
        [...map.toBytes()].filter((_, at) => at % 3 === 0),
        [...wanted],
      ),
    ).toBeLessThanOrEqual(1);
    await file.close();
  });

  it('an ONNX file of the same network gives way to them', async () => {
    await bench.put('hed.onnx', pointwiseModel([1, 1, 1], 1));
    const other = await bench.levels('hed');
    await cp(join(DetectorBench.oracle, 'hed.safetensors'), join(bench.folder, 'ControlNetHED.safetensors'));
    await bench.host.refresh();
    expect(await bench.levels('hed')).not.toEqual(other);
  });
});

describe('networks of ONNX files', () => {
  const kernel = [0.5, -0.3, 0.2];
  const seen = (mean: number, std: number) => bench.answer(kernel, [mean, mean, mean], [std, std, std]);

  it.each([
    ['depth', 'midas', [127.5, 127.5, 127.5], [127.5, 127.5, 127.5]],
    ['depth_anything', 'depth_anything', ...imageNet],
  ] as const)('%s: near is bright, from 0 to 255', async (module, file, mean, std) => {
    const values = bench.answer(kernel, mean, std);
    await bench.put(`${file}.onnx`, pointwiseModel(kernel, 1, module === 'depth' ? undefined : [1, 3, height, width]));
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const map = await bench.levels(module);
    expect([Math.min(...map), Math.max(...map)]).toEqual([0, 255]);
    expect(
      worst(
        map,
        values.map((value) => Math.floor(((value - least) / (most - least)) * 255)),
      ),
    ).toBeLessThanOrEqual(1);
  });

  it('depth_zoe: far is dark, what is nearer or farther than most is cut off', async () => {
    await bench.put('depth_zoe.onnx', pointwiseModel(kernel, 1));
    const values = seen(0, 255);
    const sorted = [...values].sort((a, b) => a - b);
    const share = (of: number): number => {
      const [low, rest] = [Math.floor((sorted.length - 1) * of), ((sorted.length - 1) * of) % 1];
      return sorted[low]! * (1 - rest) + sorted[low + 1]! * rest;
    };
    const [near, far] = [share(0.02), share(0.85)];
    const wanted = values.map((value) => Math.floor(Math.min(255, Math.max(0, (1 - (value - near) / (far - near)) * 255))));
    expect(worst(await bench.levels('depth_zoe'), wanted)).toBeLessThanOrEqual(1);
  });

  it('normal_bae: directions become colours', async () => {
    const turn = [0.2, 0, 0, 0, 0.1, 0.1, -0.3, 0, 0.4];
    await bench.put('normal_bae.onnx', pointwiseModel(turn, 3));
    const axes = [0, 1, 2].map((row) => bench.answer(turn.slice(row * 3, row * 3 + 3), ...imageNet));
    const wanted = Array.from({ length: width * height * 3 }, (_, at) =>
      Math.floor(Math.min(255, Math.max(0, (axes[at % 3]![Math.floor(at / 3)]! + 1) * 127.5))),
    );
    expect(worst([...(await bench.map('normal_bae')).toBytes()], wanted)).toBeLessThanOrEqual(1);
  });

  it('segmentation: the likeliest class in its colour of ADE20K', async () => {
    const classes = noise(150 * 3, 7).map((value) => value - 0.5);
    await bench.put('segmentation.onnx', pointwiseModel(classes, 150));
    const scores = Array.from({ length: 150 }, (_, row) => bench.answer(classes.slice(row * 3, row * 3 + 3), ...imageNet));
    const map = (await bench.map('segmentation')).toBytes();
    const named = new Set(adePalette.map(String));
    let right = 0;
    for (let at = 0; at < width * height; at++) {
      const best = scores.reduce((most, plane, index) => (plane[at]! > scores[most]![at]! ? index : most), 0);
      const colour = String([...map.subarray(at * 3, at * 3 + 3)]);
      expect(named.has(colour)).toBe(true);
      if (colour === String(adePalette[best])) right++;
    }
    expect(right / (width * height)).toBeGreaterThan(0.999);
    expect(adePalette).toHaveLength(150);
  });

  it('line drawings and fused edges, dark paper and light', async () => {
    await bench.put('lineart_anime.onnx', pointwiseModel(kernel, 1, [1, 3, height, width]));
    await bench.put('lineart_anime_denoise.onnx', pointwiseModel([0.5], 1, [1, 1, 'h', 'w']));
    await bench.put('pidinet.onnx', pointwiseModel(kernel, 1));
    const level = (value: number): number => Math.floor(Math.min(255, Math.max(0, value)));
    expect(
      worst(
        await bench.levels('lineart_anime'),
        seen(127.5, 127.5).map((value) => 255 - level(value * 127.5 + 127.5)),
      ),
    ).toBeLessThanOrEqual(1);
    const grey = bench.answer([1, 1, 1], [0, 0, 0], [3, 3, 3]);
    expect(
      worst(
        await bench.levels('lineart_anime_denoise'),
        grey.map((value) => 255 - level(value * 0.5)),
      ),
    ).toBeLessThanOrEqual(1);
    const blueFirst = bench.answer([...kernel].reverse(), [0, 0, 0], [255, 255, 255]);
    expect(
      worst(
        await bench.levels('pidinet'),
        blueFirst.map((value) => level(value * 255)),
      ),
    ).toBeLessThanOrEqual(1);
    const fused = blueFirst.map((value) => Math.min(1, Math.max(0, value)));
    expect(await bench.levels('pidinet_sketch')).toEqual(fused.map((value) => (value > 0.5 ? 255 : 0)));
    const steps = fused.map((value) => level((Math.trunc(value * 3) / 2) * 255));
    const equal = (await bench.levels('pidinet_safe')).filter((value, at) => value === steps[at]).length;
    // A value that lies on a step may fall to either side.
    expect(equal / steps.length).toBeGreaterThan(0.999);
    // Noise has no ridges; scribbles themselves are held against OpenCV's in maps.test.ts.
    expect(new Set(await bench.levels('pidinet_scribble'))).toEqual(new Set([0]));
  });

  it('mlsd: a fourth channel goes in, straight lines come out', async () => {
    const ends = noise(9 * 4, 5).map((value) => (value - 0.5) * 40);
    await bench.put('mlsd.onnx', pointwiseModel(ends, 9, [1, 4, 'h', 'w']));
    expect(new Set(await bench.levels('mlsd'))).toEqual(new Set([0, 255]));
  });

  it('takes colours last, and another size than the picture’s', async () => {
    const mean = onnxFixture({
      nodes: [{ op: 'ReduceMean', inputs: ['x'], outputs: ['y'], attributes: { keepdims: 1 } }],
      inputs: [{ name: 'x', shape: [1, 32, 96, 3] }],
      outputs: [{ name: 'y', shape: [1, 1, 1, 1] }],
    });
    await bench.put('depth_zoe.onnx', mean);
    expect(new Set(await bench.levels('depth_zoe'))).toEqual(new Set([255]));
  });
});
