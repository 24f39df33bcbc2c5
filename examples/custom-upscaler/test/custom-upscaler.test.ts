import { execFileSync } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IMAGES, type ImagesApi, Raster, type UpscalerContribution } from '@armature/sdk';
import { createTestHost, inlineExtension } from '@armature/testing';
import { matchers } from '@armature/testing/vitest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import extension from '../src/index.js';

expect.extend(matchers);

type Host = Awaited<ReturnType<typeof createTestHost>>;

const from = fileURLToPath(new URL('..', import.meta.url));
const request = { prompt: 'a yellow star on a black background', seed: 3, steps: 8, width: 128, height: 128, strict: true };
const hires = { scale: 2, denoisingStrength: 0.3, upscaler: 'Crisp 2x' };
const { signal } = new AbortController();

describe('an upscaler with its own ONNX model', () => {
  let host: Host;
  let images: ImagesApi;
  const upscalers: UpscalerContribution[] = [];

  beforeAll(async () => {
    /** The same extension under another name, with so many rows a strip, whose upscaler the test can reach. */
    const reached = (rows: number) => ({
      ...inlineExtension(`test.rows-${rows}`, {
        async setup(ctx) {
          images = ctx.use(IMAGES);
          const upscaler = (item: UpscalerContribution): void => void upscalers.push(item);
          await extension.setup({ ...ctx, options: { rows }, contribute: { ...ctx.contribute, upscaler } });
        },
      }),
      folder: from,
    });
    host = await createTestHost({ extensions: [{ from }, reached(4096), reached(8)] });
  });
  afterAll(() => host.dispose());

  it('is picked by name for the second pass', async () => {
    const crisp = (await host.txt2img({ ...request, hires })).images[0]!;
    const lanczos = (await host.txt2img({ ...request, hires: { ...hires, upscaler: 'Lanczos' } })).images[0]!;
    expect(crisp.image).toMatchObject({ width: 256, height: 256 });
    expect(crisp.infotext).toContain('Hires upscaler: Crisp 2x');
    expect(crisp.image).not.toBeIdenticalTo(lanczos.image);
    expect(crisp.image).toLookLike(lanczos.image, { psnr: 20 });
  });

  it('enlarges the picture that image to image starts from', async () => {
    const start = (await host.txt2img(request)).images[0]!.image;
    const larger = { ...request, width: 256, height: 256, init: { images: [start], denoisingStrength: 0.2 } };
    const crisp = await host.img2img({ ...larger, settings: { upscaler_for_img2img: 'Crisp 2x' } });
    const plain = await host.img2img(larger);
    expect(crisp.images[0]!.image).not.toBeIdenticalTo(plain.images[0]!.image);
    expect(crisp.images[0]!.image).toLookLike(plain.images[0]!.image, { psnr: 20 });
  });

  it('is bicubic interpolation with crisper edges, and leaves a plain colour as it is', async () => {
    const [whole] = upscalers as [UpscalerContribution];
    const picture = (await host.txt2img(request)).images[0]!.image;
    const crisp = await whole.upscale(picture, { scale: 2, signal, settings: {} });
    const bicubic = images.resize(picture, { width: 256, height: 256 }, 'bicubic');
    expect(crisp).toLookLike(bicubic, { psnr: 28 });
    expect(contrast(crisp)).toBeGreaterThan(1.05 * contrast(bicubic));
    const grey = new Raster(new Uint8Array(10 * 7).fill(77), { width: 10, height: 7, channels: 1 });
    const plain = await whole.upscale(grey, { scale: 2, signal, settings: {} });
    expect(plain).toMatchObject({ width: 20, height: 14, channels: 3 });
    expect(new Set(plain.toBytes())).toEqual(new Set([77]));
  });

  it('makes the same picture strip by strip', async () => {
    const [whole, strips] = upscalers as [UpscalerContribution, UpscalerContribution];
    const noise = Uint8Array.from({ length: 50 * 33 * 4 }, (_, i) => (i * 2654435761) >>> 24);
    const picture = new Raster(noise, { width: 50, height: 33, channels: 4 });
    expect(await strips.upscale(picture, { scale: 2, signal, settings: {} })).toBeIdenticalTo(
      await whole.upscale(picture, { scale: 2, signal, settings: {} }),
    );
  });

  it('runs the model that its script writes', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'armature-crisp-'));
    execFileSync(process.execPath, [join(from, 'tools/make-model.js'), join(folder, 'crisp.onnx')]);
    const [written, kept] = await Promise.all([readFile(join(folder, 'crisp.onnx')), readFile(join(from, 'models/crisp-2x.onnx'))]);
    await rm(folder, { recursive: true });
    expect(written.equals(kept)).toBe(true);
  });

  it('ends the job with a code when its model is broken, and the host lives', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'armature-crisp-'));
    await cp(from, folder, { recursive: true, filter: (path) => !path.includes('node_modules') });
    await writeFile(join(folder, 'models', 'crisp-2x.onnx'), 'half a download');
    const broken = await createTestHost({ extensions: [{ ...inlineExtension('test.broken', extension), folder }] });
    const failed = broken.txt2img({ ...request, steps: 1, hires });
    await expect(failed).rejects.toMatchObject({ code: 'ONNX_ILLEGAL', data: { path: join(folder, 'models', 'crisp-2x.onnx') } });
    expect((await broken.txt2img({ ...request, steps: 1 })).images).toHaveLength(1);
    await broken.dispose();
    await rm(folder, { recursive: true });
  });
});

/** Mean step between neighbours of a row. */
const contrast = (image: Raster): number => {
  const bytes = image.toBytes();
  return bytes.reduce((sum, value, i) => sum + Math.abs(value - (bytes[i + 3] ?? value)), 0) / bytes.length;
};
