import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import controlnet from '@armature/ext-controlnet';
import { Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { tinyModelDefaults } from '@armature/tiny-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { composeGrid, encodePng, gridLayout } from '../../packages/core/src/image/index.js';
import { judgePicture } from './judge-picture.js';

const { name, version, armature } = JSON.parse(
  readFileSync(new URL('../../packages/ext-controlnet/package.json', import.meta.url), 'utf8'),
);
const side = tinyModelDefaults.width;
/** Seeds for each of the four corners: twenty in all. */
const seedsEach = 5;
/** Centres in shares of the side, away from the middle, where the model puts a shape of its own accord. */
const corners = [
  [0.27, 0.28],
  [0.73, 0.28],
  [0.27, 0.72],
  [0.73, 0.72],
] as const;
const radius = 0.21;

type Inside = (at: number) => boolean;

/** Pixels of an upright triangle around a corner's centre. */
const triangle = ([x, y]: readonly [number, number]): Inside => {
  return (at) => {
    const across = ((at % side) + 0.5) / side - x;
    const down = (Math.floor(at / side) + 0.5) / side - y + 0.9 * radius;
    return down > 0 && down < 1.7 * radius && Math.abs(across) < 0.577 * down;
  };
};

/** Black on white: nothing in it says red. */
const drawing = (inside: Inside): Raster =>
  new Raster(
    Uint8Array.from({ length: side * side * 3 }, (_, at) => (inside(Math.floor(at / 3)) ? 20 : 250)),
    { width: side, height: side, channels: 3 },
  );

/** Intersection over union of the red pixels and a shape. */
function redOverlap(picture: Raster, inside: Inside): number {
  const bytes = picture.toBytes();
  let [both, either] = [0, 0];
  for (let at = 0; at < side * side; at++) {
    const [r, g, b] = bytes.subarray(at * 3, at * 3 + 3) as unknown as [number, number, number];
    const red = r > 150 && g < 100 && b < 100;
    if (red && inside(at)) both++;
    if (red || inside(at)) either++;
  }
  return both / either;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const shown = (values: readonly number[]): string => values.map((value) => value.toFixed(2)).join(' ');

let host: Awaited<ReturnType<typeof createTestHost>>;
beforeAll(async () => {
  host = await createTestHost({ extensions: [{ manifest: { name, version, ...armature }, definition: controlnet }] });
});
afterAll(() => host?.dispose());

it("lists the tiny model's ControlNet", async () => {
  const response = (await host.answer(new Request('http://host/controlnet/model_list'))) as Response;
  expect(await response.json()).toEqual({ model_list: [expect.stringMatching(/^tiny-control-canny \[[0-9a-f]{8}\]$/)] });
});

/** "a red shape" with as many seeds from the given one on, with a unit that sees a drawing or without. */
async function redShapes(seed: number, drawn?: Raster): Promise<readonly Raster[]> {
  const image = drawn && Buffer.from(await encodePng(drawn)).toString('base64');
  const unit = { enabled: true, module: 'canny', model: 'tiny-control-canny', image };
  const { images, faults } = await host.txt2img({
    ...tinyModelDefaults,
    steps: 12,
    prompt: 'a red shape',
    seed,
    batchSize: seedsEach,
    ...(drawn && { extensions: { 'armature.controlnet': { units: [unit] } } }),
  });
  expect(faults).toEqual([]);
  return images.slice(0, seedsEach).map(({ image }) => image);
}

/** `SHEET=folder npx vitest run test/tiny-model/control.test.ts` also writes a sheet: drawing, with control, without. */
async function writeSheet(folder: string, pictures: readonly Raster[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const layout = gridLayout(pictures.length, { rows: Math.ceil(pictures.length / 6) });
  writeFileSync(join(folder, 'control.png'), await encodePng(await composeGrid(pictures, { layout })));
}

it('draws a red triangle where the edges are, whatever the seed', async () => {
  const sheet: Raster[] = [];
  const [led, free]: [number[], number[]] = [[], []];
  let triangles = 0;
  for (const [index, corner] of corners.entries()) {
    const inside = triangle(corner);
    const drawn = drawing(inside);
    const [controlled, uncontrolled] = [await redShapes(1 + index * seedsEach, drawn), await redShapes(1 + index * seedsEach)];
    led.push(...controlled.map((picture) => redOverlap(picture, inside)));
    free.push(...uncontrolled.map((picture) => redOverlap(picture, inside)));
    triangles += controlled.map(judgePicture).filter(({ colour, shape }) => colour === 'red' && shape === 'triangle').length;
    sheet.push(...controlled.flatMap((picture, at) => [drawn, picture, uncontrolled[at] as Raster]));
  }
  if (process.env.SHEET) await writeSheet(process.env.SHEET, sheet);
  console.log(`with control ${mean(led).toFixed(3)}: ${shown(led)}\nwithout ${mean(free).toFixed(3)}: ${shown(free)}`);
  console.log(`judged red triangles: ${triangles} of ${led.length}`);
  expect(led).toHaveLength(20);
  expect(mean(led)).toBeGreaterThanOrEqual(0.6);
  expect(mean(free)).toBeLessThanOrEqual(0.3);
  expect(triangles).toBeGreaterThanOrEqual(0.6 * led.length);
}, 240_000);
