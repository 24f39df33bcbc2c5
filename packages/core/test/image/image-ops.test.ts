import { readFileSync } from 'node:fs';
import type { Raster } from '@armature/sdk';
import { describe, expect, test } from 'vitest';
import {
  blurMask,
  builtinUpscalers,
  colorTarget,
  correctColors,
  decodeImage,
  expandRegion,
  fillMasked,
  fitImage,
  maskRegion,
  upscaleWith,
} from '../../src/image/index.js';

/** Steps of the original, recorded with its own functions: `test/fidelity/image-ops`. */
interface Recorded {
  readonly out: string;
  readonly op: string;
  readonly input: string;
  readonly mask: string;
  readonly resize_mode: 0 | 1 | 2;
  readonly width: number;
  readonly height: number;
  readonly upscaler_name: string | null;
  readonly sigma: number;
  readonly cases: readonly { pad: number; region: Box; process: readonly [number, number]; expanded: Box }[];
}
type Box = readonly [left: number, top: number, right: number, bottom: number];

const folder = new URL('../../../../test/fidelity/image-ops/', import.meta.url);
const picture = (name: string) => decodeImage(readFileSync(new URL(name, folder)), { name });
const input = (name: string) => picture(`inputs/${name}`);
const index = JSON.parse(readFileSync(new URL('index.json', folder), 'utf8')) as readonly Recorded[];
const recorded = (op: string) => index.filter((one) => one.op.startsWith(op));
const { signal } = new AbortController();

async function expectSame(image: Raster, name: string): Promise<void> {
  const wanted = await picture(name);
  expect(image).toMatchObject({ width: wanted.width, height: wanted.height, channels: wanted.channels });
  expect(Buffer.from(image.toBytes()).equals(Buffer.from(wanted.toBytes()))).toBe(true);
}

describe('images.resize_image', () => {
  test.each(recorded('images.resize_image'))('$out', async ({ out, resize_mode, width, height, upscaler_name, ...rest }) => {
    const upscaler = builtinUpscalers.find(({ name }) => name === upscaler_name);
    const mode = (['stretch', 'crop', 'fill'] as const)[resize_mode];
    const fitted = await fitImage(await input(rest.input), {
      width,
      height,
      mode,
      upscale: upscaler && upscaleWith(upscaler, { signal, settings: {} }),
    });
    await expectSame(fitted, out);
  });
});

test.each(recorded('cv2.GaussianBlur'))('$op: sigma $sigma', async ({ out, sigma, ...rest }) => {
  await expectSame(await blurMask(await input(rest.input), sigma, sigma), out);
});

test.each(recorded('masking.fill'))('$op: $mask', async ({ out, mask, ...rest }) => {
  await expectSame(await fillMasked(await input(rest.input), await input(mask)), out);
});

test.each([
  ['init_gray_64x64.png', 'color_correction.png'],
  ['init_64x64.webp', 'color_correction2.png'],
])('apply_color_correction: %s', async (image, out) => {
  await expectSame(await correctColors(await input(image), await colorTarget(await input('init_64x64.png'))), out);
});

test.each(recorded('crop regions').flatMap(({ cases }) => cases))(
  'region padded by $pad made at $process',
  async ({ pad, region, process, expanded }) => {
    const box = (one: ReturnType<typeof maskRegion>) => one && [one.x, one.y, one.x + one.width, one.y + one.height];
    const mask = await input('mask_rect_200x150.png');
    const found = maskRegion(mask, pad);
    expect(box(found)).toEqual(region);
    const [width, height] = process;
    expect(box(found && expandRegion(found, { width, height }, mask))).toEqual(expanded);
  },
);

test('every recorded step is compared', () => {
  const compared = ['images.resize_image', 'cv2.GaussianBlur', 'masking.fill', 'apply_color_correction', 'crop regions'];
  expect(index.filter(({ op }) => !compared.some((known) => op.startsWith(known)))).toEqual([]);
  expect(index).toHaveLength(40);
});
