import { Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import controlnet from '../src/index.js';
import { baseModels, controlFolder, controlNet, safetensors } from './control-kit.js';

type Host = Awaited<ReturnType<typeof createTestHost>>;
type Mask = NonNullable<NonNullable<Parameters<Host['img2img']>[0]['init']>['mask']>;

const id = 'armature.controlnet';
const { name, version, armature } = manifest;
const request = { prompt: 'a red circle', seed: 1, steps: 2, width: 64, height: 64, model: 'tiny-random-sd1' };

/** Columns that are brighter the farther they lie to the right. */
const columns = (width: number, height: number): Raster =>
  new Raster(
    Uint8Array.from({ length: width * height * 3 }, (_, at) => (255 * (Math.floor(at / 3) % width)) / width),
    { width, height, channels: 3 },
  );
/** White to the right of the middle. */
const rightHalf = (width: number, height: number): Raster =>
  new Raster(
    Uint8Array.from({ length: width * height }, (_, at) => (at % width < width / 2 ? 0 : 255)),
    { width, height, channels: 1 },
  );

let host: Host;
let folder: Awaited<ReturnType<typeof controlFolder>>;
beforeAll(async () => {
  folder = await controlFolder();
  await folder.put('good.safetensors', safetensors(controlNet(0.05)));
  const extensions = [{ manifest: { name, version, ...armature } as never, definition: controlnet }];
  host = await createTestHost({ models: [baseModels, folder.root], extensions });
});
afterAll(async () => {
  await host?.dispose();
  await folder?.remove();
});

interface Asked {
  readonly unit?: Readonly<Record<string, unknown>>;
  readonly mask?: Partial<Mask> & Pick<Mask, 'image'>;
  readonly settings?: Readonly<Record<string, unknown>>;
}

async function made({ unit = {}, mask, settings = {} }: Asked) {
  const result = await host.img2img({
    ...request,
    init: { images: [columns(128, 96)], denoisingStrength: 0.8, ...(mask && { mask: { blurX: 0, blurY: 0, ...mask } }) },
    extensions: { [id]: { units: [{ enabled: true, module: 'none', model: 'good', ...unit }] } },
    settings,
  });
  expect(result.faults).toEqual([]);
  return result;
}
const mapsIn = ({ images }: Awaited<ReturnType<typeof made>>): readonly Raster[] =>
  images.filter(({ kind }) => kind === 'extra').map(({ image }) => image);
async function mapOf(asked: Asked): Promise<Raster> {
  const maps = mapsIn(await made(asked));
  expect(maps).toHaveLength(1);
  return maps[0]!;
}
/** A pixel of the row in the middle. */
const pixel = (map: Raster, x: number): readonly number[] => {
  const at = (32 * map.width + x) * map.channels;
  return [...map.toBytes().subarray(at, at + map.channels)];
};

describe('a unit of an image-to-image request', () => {
  it('takes the given picture where it has none', async () => {
    const map = await mapOf({});
    expect([map.width, map.height]).toEqual([64, 64]);
    expect(pixel(map, 2)[0]).toBeLessThan(20);
    expect(pixel(map, 61)[0]).toBeGreaterThan(235);
  });

  it.each([
    ['as large as the picture', rightHalf(128, 96)],
    ['of another size', rightHalf(32, 24)],
  ])('takes the request’s mask with it, %s', async (_, image) => {
    const map = await mapOf({ unit: { module: 'inpaint' }, mask: { image } });
    expect(map.channels).toBe(4);
    expect(pixel(map, 8)[3]).toBe(255);
    expect(pixel(map, 56)[3]).toBe(128);
  });

  it('inverts and blurs that mask as the request does', async () => {
    const map = await mapOf({ unit: { module: 'inpaint' }, mask: { image: rightHalf(128, 96), invert: true, blurX: 4, blurY: 4 } });
    expect([pixel(map, 8)[3], pixel(map, 56)[3]]).toEqual([128, 255]);
  });

  it('of which only the masked box is made sees that box of its picture, or all of it if it is told so', async () => {
    const mask = { image: rightHalf(128, 96), area: 'masked', padding: 0 } as const;
    const unit = { image: columns(200, 150), resize_mode: 'Just Resize' };
    const [box, whole] = [await mapOf({ unit, mask }), await mapOf({ unit: { ...unit, inpaint_crop_input_image: false }, mask })];
    expect(pixel(whole, 1)[0]).toBeLessThan(20);
    expect(pixel(box, 1)[0]).toBeGreaterThan(60);
    expect(pixel(box, 62)[0]).toBeGreaterThan(235);
  });

  it('that only keeps what is around the mask leaves that to the request', async () => {
    const mask = { image: rightHalf(128, 96) };
    const [fallen, plain] = [await made({ unit: { module: 'inpaint_only' }, mask }), await made({ unit: { module: 'inpaint' }, mask })];
    expect(fallen.images[0]?.image.toBytes()).toEqual(plain.images[0]?.image.toBytes());
    expect(fallen.images[0]?.infotext).toContain('Module: inpaint_only');
  });
});

describe('settings', () => {
  it('are the host’s, with the original’s defaults', () => {
    expect(host.settings()).toMatchObject({
      control_net_no_detectmap: false,
      control_net_inpaint_blur_sigma: 7,
      controlnet_ignore_noninpaint_mask: false,
    });
  });

  it('control_net_no_detectmap leaves maps out', async () => {
    expect(mapsIn(await made({ settings: { control_net_no_detectmap: true } }))).toEqual([]);
  });

  it('controlnet_ignore_noninpaint_mask takes the picture, not the scribble on it', async () => {
    const unit = { image: columns(64, 64), mask: rightHalf(64, 64) };
    expect(pixel(await mapOf({ unit }), 48)).toEqual([255, 255, 255]);
    expect(pixel(await mapOf({ unit, settings: { controlnet_ignore_noninpaint_mask: true } }), 48)).toEqual([191, 191, 191]);
  });
});
