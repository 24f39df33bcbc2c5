import type { Host, HostConfig } from '@armature/core';
import { defineExtension, type JobInfo, Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodePng } from '../../packages/core/src/image/index.js';
import { likenessOf } from '../fidelity/likeness.js';

const size = { width: 64, height: 64 };
const request = { prompt: 'a red circle on a blue background', seed: 1, steps: 6, ...size };
const seen: { readonly routes: string[]; readonly jobs: JobInfo[] } = { routes: [], jobs: [] };
const watcher: HostConfig['extensions'] = [
  {
    manifest: { version: '1.0.0', armature: { api: 1, id: 'test.watcher', engines: { armature: '*' } } },
    definition: defineExtension({
      setup({ hooks }) {
        hooks.api.request.tap(({ route }) => void seen.routes.push(route));
        hooks.sampling.plan.tap((_, { job }) => void seen.jobs.push(job));
      },
    }),
  },
];

/** A white picture whose right half is black. */
const halves = picture((x) => (x < size.width / 2 ? [255, 255, 255] : [0, 0, 0]));
const green = picture(() => [0, 160, 60]);
const black = (width: number, height: number) => new Raster(new Uint8Array(width * height), { width, height, channels: 1 });

function picture(colour: (x: number) => readonly [number, number, number]): Raster {
  const pixels = Array.from({ length: size.width * size.height }, (_, at) => colour(at % size.width));
  return new Raster(Uint8Array.from(pixels.flat()), { ...size, channels: 3 });
}

describe('image to image', () => {
  let host: Host;
  beforeAll(async () => {
    host = await createTestHost({ extensions: watcher });
  });
  afterAll(() => host.dispose());

  const make = async (init: Parameters<Host['img2img']>[0]['init'], change: object = {}): Promise<Raster> =>
    (await host.img2img({ ...request, ...change, init })).images[0]?.image as Raster;

  it('stays the nearer to the given picture the less it may change', async () => {
    const likeness: number[] = [];
    for (const denoisingStrength of [0, 0.3, 0.9])
      likeness.push(likenessOf(await make({ images: [green], denoisingStrength }), green).psnr);
    expect(likeness).toEqual([...likeness].sort((a, b) => b - a));
    expect(likeness[0]).toBeGreaterThan(likeness[2] as number);
    expect(seen.routes.at(-1)).toBe('img2img');
    expect(seen.jobs.at(-1)?.request.init?.images[0]?.width).toBe(64);
  });

  it('takes pixels, the bytes of a file and base64 for the same picture', async () => {
    const png = await encodePng(green);
    const base64 = Buffer.from(png).toString('base64');
    const given = [green, png, base64, `data:image/png;base64,${base64}`];
    const made = await Promise.all(given.map((image) => make({ images: [image], denoisingStrength: 0.4 })));
    for (const picture of made) expect(picture.toBytes()).toEqual(made[0]?.toBytes());
  });

  it('keeps what is not under the mask, pixel for pixel', async () => {
    const made = await make({ images: [green], denoisingStrength: 1, mask: { image: halves, blurX: 0, blurY: 0 } });
    const [left, right] = [at(made, 8, 32), at(made, 56, 32)];
    expect(right).toEqual([0, 160, 60]);
    expect(left).not.toEqual([0, 160, 60]);
    const inverted = await make({ images: [green], denoisingStrength: 1, mask: { image: halves, blurX: 0, blurY: 0, invert: true } });
    expect(at(inverted, 8, 32)).toEqual([0, 160, 60]);
  });

  it('paints only the box around the mask and gives the whole picture back', async () => {
    const large = new Raster(new Uint8Array(160 * 120 * 3).fill(90), { width: 160, height: 120, channels: 3 });
    const spot = new Uint8Array(160 * 120);
    for (let y = 50; y < 70; y++) spot.fill(255, y * 160 + 60, y * 160 + 90);
    const mask = { image: new Raster(spot, { width: 160, height: 120, channels: 1 }), area: 'masked', padding: 4 } as const;
    const result = await host.img2img({ ...request, init: { images: [large], denoisingStrength: 1, mask } });
    const made = result.images[0];
    expect([made?.image.width, made?.image.height]).toEqual([160, 120]);
    expect(at(made?.image as Raster, 5, 5)).toEqual([90, 90, 90]);
    expect(made?.infotext).toContain('Mask blur: 4, Inpaint area: Only masked, Masked area padding: 4');
  });

  it('goes on with the whole picture when the mask has no white spot', async () => {
    const nothing = new Raster(new Uint8Array(64 * 64), { ...size, channels: 1 });
    const init = { images: [green], denoisingStrength: 0.5 };
    const plain = await make(init);
    const masked = await make({ ...init, mask: { image: nothing, area: 'masked' } });
    expect(masked.toBytes()).toEqual(plain.toBytes());
  });

  it('makes a batch of two pictures from two', async () => {
    const { images } = await host.img2img({ ...request, batchSize: 2, init: { images: [green, halves], denoisingStrength: 0.2 } });
    expect(images).toHaveLength(2);
    expect(likenessOf(images[0]?.image as Raster, green).psnr).toBeGreaterThan(likenessOf(images[0]?.image as Raster, halves).psnr);
    expect(likenessOf(images[1]?.image as Raster, halves).psnr).toBeGreaterThan(likenessOf(images[1]?.image as Raster, green).psnr);
  });

  it('is cancelled half-way', async () => {
    const stop = new AbortController();
    const long = host.img2img(
      { ...request, steps: 10_000, init: { images: [green], denoisingStrength: 1 } },
      { signal: stop.signal, onProgress: ({ step }) => void (step === 3 && stop.abort()) },
    );
    expect(await long).toMatchObject({ status: 'cancelled', images: [] });
  });

  it.each([
    ['no picture', undefined, 'REQUEST_INVALID', 'init'],
    ['an empty list', { images: [] }, 'REQUEST_INVALID', 'init.images'],
    ['two pictures for one', { images: [green, green] }, 'REQUEST_INVALID', 'batchSize'],
    ['a strength above 1', { images: [green], denoisingStrength: 1.5 }, 'REQUEST_INVALID', 'denoisingStrength'],
    ['a strength below 0', { images: [green], denoisingStrength: -0.1 }, 'REQUEST_INVALID', 'denoisingStrength'],
    ['a mode nobody knows', { images: [green], resizeMode: 'squeeze' }, 'REQUEST_INVALID', 'resizeMode'],
    ['a text that is no picture', { images: ['not base64!'] }, 'REQUEST_INVALID', 'init.images.0'],
    ['a picture below the latent grid', { images: [black(1, 64)], resizeMode: 'latent' }, 'REQUEST_INVALID', 'at least 8×8'],
    ['more pixels than a request may have', { images: Array(64).fill(black(16_384, 1024)) }, 'REQUEST_INVALID', 'megapixels'],
    ['bytes of something else', { images: [new Uint8Array([1, 2, 3])] }, 'IMAGE_INVALID', 'init.images.0'],
    ['a mask that is no picture', { images: [green], mask: { image: new Uint8Array(9) } }, 'IMAGE_INVALID', 'init.mask.image'],
    ['a blur below 0', { images: [green], mask: { image: halves, blurX: -1 } }, 'REQUEST_INVALID', 'blurX'],
  ])('%s ends in a code that names the field', async (_, init, code, named) => {
    const failed = host.img2img({ ...request, init: init as never });
    await expect(failed).rejects.toMatchObject({ code });
    await expect(failed).rejects.toThrow(named);
  });

  it('a second run is for text to image', async () => {
    const both = host.img2img({ ...request, hires: {}, init: { images: [green] } });
    await expect(both).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(both).rejects.toThrow(/leave hires or init out/);
  });

  it('a mask of another size is fitted; sizes the latent grid cannot mask are refused', async () => {
    const small = new Raster(new Uint8Array(10 * 10).fill(255), { width: 10, height: 10, channels: 1 });
    for (const area of ['whole', 'masked'] as const) {
      expect((await make({ images: [green], denoisingStrength: 0.3, mask: { image: small, area } })).width).toBe(64);
    }
    const odd = host.img2img({ ...request, width: 70, init: { images: [green], mask: { image: halves } } });
    await expect(odd).rejects.toThrow(/multiples of 8/);
  });
});

function at(image: Raster, x: number, y: number): readonly number[] {
  const start = (y * image.width + x) * image.channels;
  return [...image.toBytes().subarray(start, start + 3)];
}
