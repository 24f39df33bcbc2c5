import { readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Raster, type RasterChannels } from '@armature/sdk';
import { describe, expect, test } from 'vitest';
import {
  applyOverlay,
  blurMask,
  colorTarget,
  correctColors,
  cropImage,
  doubleMask,
  expandRegion,
  fillMasked,
  fitImage,
  flattenOn,
  invertMask,
  latentMask,
  maskRegion,
  overlayOf,
  readMask,
  toPlanes,
  toRasters,
} from '../../src/image/index.js';

interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: RasterChannels;
  readonly pixels: string;
}
interface Golden {
  readonly op: string;
  readonly image: Picture;
  readonly out: Picture;
  readonly mask: Picture;
  readonly overlay: Picture;
  readonly unmasked: Picture;
  readonly target: Picture;
  readonly mode: 'stretch' | 'crop' | 'fill';
  readonly size: readonly [number, number];
  readonly x: number;
  readonly y: number;
  readonly round: boolean;
  readonly bg: string;
  readonly paste?: readonly [number, number, number, number];
  readonly values: readonly number[];
}

/** The same steps in Pillow 9.5, OpenCV 4.8, scikit-image 0.22 and blendmodes 2022, on made-up pictures of odd sizes. */
const golden = JSON.parse(readFileSync(new URL('golden/image-ops.json', import.meta.url), 'utf8')) as readonly Golden[];
const rasterOf = (picture: Picture) => new Raster(Buffer.from(picture.pixels, 'base64'), picture);

const steps: Readonly<Record<string, (one: Golden, image: Raster) => Promise<Raster>>> = {
  fit: ({ mode, size: [width, height] }, image) => fitImage(image, { width, height, mode }),
  blur: ({ x, y }, image) => blurMask(image, x, y),
  fill: ({ mask }, image) => fillMasked(image, rasterOf(mask)),
  overlay: ({ mask }, image) => overlayOf(image, rasterOf(mask)),
  mask: ({ round }, image) => readMask(image, { round }),
  flatten: ({ bg }, image) => flattenOn(image, bg),
  cc: async ({ target }, image) => correctColors(image, await colorTarget(rasterOf(target))),
};
const labelled = golden.map((one, index) => ({ ...one, label: `${index} ${one.op} ${one.mode ?? ''} ${one.image.channels} channels` }));

test.each(labelled.filter(({ op }) => op in steps))('equals the original: $label', async (one) => {
  const made = await steps[one.op]?.(one, rasterOf(one.image));
  expect(made).toMatchObject({ width: one.out.width, height: one.out.height, channels: one.out.channels });
  expect(Buffer.from(made?.toBytes() ?? []).toString('base64')).toBe(one.out.pixels);
});

test.each(labelled.filter(({ op }) => op === 'apply'))('equals the original: $label', async ({ image, overlay, out, unmasked, paste }) => {
  const [x = 0, y = 0, width = 0, height = 0] = paste ?? [];
  const made = await applyOverlay(rasterOf(image), rasterOf(overlay), paste && { x, y, width, height });
  expect(Buffer.from(made.image.toBytes()).toString('base64')).toBe(out.pixels);
  expect(made.unmasked.channels).toBe(unmasked.channels);
  expect(Buffer.from(made.unmasked.toBytes()).toString('base64')).toBe(unmasked.pixels);
});

test.each(labelled.filter(({ op }) => op === 'latent'))(
  'equals the original: $label',
  async ({ image, size: [width, height], round, values }) => {
    const made = await latentMask(rasterOf(image), { width, height, round });
    expect(made.shape).toEqual([1, 1, height, width]);
    expect([...made.toFloat32Array()]).toEqual(values);
  },
);

const flat = (width: number, height: number, bytes: readonly number[]) =>
  new Raster(
    Uint8Array.from({ length: width * height * bytes.length }, (_, i) => bytes[i % bytes.length] as number),
    { width, height, channels: bytes.length as RasterChannels },
  );

describe('masks', () => {
  test('alpha counts only where something is transparent; it is divided at 128', async () => {
    const mask = new Raster([10, 20, 30, 128, 0, 0, 0, 129], { width: 2, height: 1, channels: 4 });
    expect([...(await readMask(mask, { round: true })).toBytes()]).toEqual([0, 255]);
    expect([...(await readMask(mask, { round: false })).toBytes()]).toEqual([128, 129]);
    expect([...(await readMask(flat(1, 1, [255, 0, 0, 255]), { round: true })).toBytes()]).toEqual([76]);
  });

  test('a black mask has no region; one pixel has', () => {
    expect(maskRegion(flat(7, 5, [0]), 4)).toBeUndefined();
    const dot = new Raster(
      Uint8Array.from({ length: 35 }, (_, i) => Number(i === 2 * 7 + 6)),
      { width: 7, height: 5, channels: 1 },
    );
    expect(maskRegion(dot)).toEqual({ x: 6, y: 2, width: 1, height: 1 });
    expect(maskRegion(dot, 3)).toEqual({ x: 3, y: 0, width: 4, height: 5 });
  });

  test('a region that cannot have the ratio fills the picture in that direction', () => {
    const whole = { x: 0, y: 10, width: 100, height: 10 };
    expect(expandRegion(whole, { width: 64, height: 64 }, { width: 100, height: 40 })).toEqual({ x: 0, y: 0, width: 100, height: 40 });
  });

  test('inverting twice changes nothing', async () => {
    const mask = flat(3, 3, [40]);
    const inverted = await invertMask(mask);
    expect(new Set(inverted.toBytes())).toEqual(new Set([215]));
    expect((await invertMask(inverted)).toBytes()).toEqual(mask.toBytes());
  });

  test('no blur leaves the mask as it is; a flat mask stays flat', async () => {
    const mask = new Raster([0, 255, 7, 90], { width: 2, height: 2, channels: 1 });
    expect((await blurMask(mask, 0, 0)).toBytes()).toEqual(mask.toBytes());
    for (const sigma of [0.1, 3, 17.5, 256])
      expect(new Set((await blurMask(flat(9, 1, [255]), sigma, sigma)).toBytes())).toEqual(new Set([255]));
  });

  test('a half goes to the part that is kept', async () => {
    const size = { width: 1, height: 1 };
    const at = async (value: number, round: boolean) => (await latentMask(flat(1, 1, [value]), { ...size, round })).at(0);
    expect([await at(127, true), await at(128, true), await at(51, false)]).toEqual([0, 1, Math.fround(0.2)]);
  });
});

describe('pictures', () => {
  test('a crop beyond the border is black there', () => {
    const image = new Raster([1, 2, 3, 4], { width: 2, height: 2, channels: 1 });
    expect([...cropImage(image, { x: 1, y: -1, width: 2, height: 3 }).toBytes()]).toEqual([0, 0, 2, 0, 4, 0]);
  });

  test('planes and back: nothing is lost', async () => {
    const image = new Raster(
      Uint8Array.from({ length: 768 }, (_, i) => i % 256),
      { width: 16, height: 16, channels: 3 },
    );
    const planes = await toPlanes(image);
    expect(planes.shape).toEqual([1, 3, 16, 16]);
    expect([planes.at(0), planes.at(85)]).toEqual([-1, 1]);
    const back = (await toRasters(planes))[0]?.toBytes() ?? [];
    expect(Math.max(...image.toBytes().map((value, i) => Math.abs(value - (back[i] as number))))).toBeLessThanOrEqual(1);
    expect([...(await toPlanes(flat(1, 1, [51]))).toFloat32Array()]).toEqual(Array(3).fill(Math.fround(2 * Math.fround(0.2) - 1)));
  });

  test('a mask or an overlay of another size is refused', async () => {
    await expect(fillMasked(flat(4, 4, [1, 2, 3]), flat(4, 5, [0]))).rejects.toThrow('does not cover');
    await expect(overlayOf(flat(4, 4, [1, 2, 3]), flat(5, 4, [0]))).rejects.toThrow(RangeError);
    await expect(applyOverlay(flat(4, 4, [1, 2, 3]), flat(5, 5, [0, 0, 0, 0]))).rejects.toThrow('does not fit');
    await expect(flattenOn(flat(1, 1, [1, 2, 3, 4]), 'red')).rejects.toThrow('write #rrggbb');
  });

  test('planes are −1…1, or 0…1', async () => {
    const image = flat(1, 1, [0, 51, 255]);
    expect([...(await toPlanes(image)).toFloat32Array()]).toEqual([-1, 2 * Math.fround(0.2) - 1, 1].map(Math.fround));
    expect([...(await toPlanes(image, { unit: true })).toFloat32Array()]).toEqual([0, 0.2, 1].map(Math.fround));
  });

  test('a large picture lets the event loop turn', async () => {
    const image = flat(700, 700, [90, 150, 30]);
    const mask = flat(700, 700, [120]);
    let turns = 0;
    let done = false;
    const clock = (async () => {
      for (; !done; turns++) await nextTurn();
    })();
    for (const work of [
      () => fillMasked(image, mask),
      () => blurMask(mask, 8, 8),
      async () => correctColors(image, await colorTarget(image)),
    ]) {
      turns = 0;
      await work();
      expect(turns).toBeGreaterThan(8);
    }
    const large = flat(3000, 2000, [120]);
    for (const work of [() => doubleMask(large), () => latentMask(large, { width: 3000, height: 2000, round: true })]) {
      turns = 0;
      await work();
      expect(turns).toBeGreaterThan(8);
    }
    done = true;
    await clock;
  });
});
