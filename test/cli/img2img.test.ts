import { readFile, writeFile } from 'node:fs/promises';
import { decodeImage, encodePng } from '@armature/core';
import { Raster } from '@armature/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Desk } from './armature.js';

const quick = ['--seed', '7', '--steps', '4', '--threads', '1', '--json'];

/** Left half red, right half blue. */
function halves(width: number, height: number): Raster {
  const values = Array.from({ length: width * height }, (_, i) => (i % width < width / 2 ? [220, 30, 30] : [30, 30, 220])).flat();
  return new Raster(values, { width, height, channels: 3 });
}

/** White on the left half. */
function leftMask(width: number, height: number): Raster {
  return new Raster(
    Array.from({ length: width * height }, (_, i) => (i % width < width / 2 ? 255 : 0)),
    { width, height, channels: 1 },
  );
}

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
  await writeFile(desk.path('odd.png'), await encodePng(halves(70, 50)));
  await writeFile(desk.path('square.png'), await encodePng(halves(64, 64)));
  await writeFile(desk.path('mask.png'), await encodePng(leftMask(128, 128)));
  await writeFile(desk.path('text.png'), 'not a picture');
  const whole = await encodePng(halves(64, 64));
  await writeFile(desk.path('half.png'), whole.subarray(0, whole.length >> 1));
});
afterAll(() => desk.close());

it('is as large as the picture, cut to whole cells, unless a size is given', async () => {
  const own = await desk.run(['img2img', 'odd.png', 'a star', ...quick, '--denoising-strength', '0.4']);
  expect(own.stderr).not.toContain('armature: ');
  const { images } = JSON.parse(own.stdout);
  expect(images).toMatchObject([{ width: 64, height: 48, seed: 7 }]);
  expect(images[0].infotext).toMatch(/Size: 64x48, .*Denoising strength: 0\.4/);
  const sized = await desk.run(['img2img', 'odd.png', 'a star', ...quick, '--size', '72x64', '--resize-mode', 'crop']);
  expect(JSON.parse(sized.stdout).images).toMatchObject([{ width: 72, height: 64 }]);
});

it('leaves what the mask does not show as it was', async () => {
  const mask = ['--mask', 'mask.png', '--mask-blur', '0', '--mask-content', 'fill'];
  const { code, stdout } = await desk.run(['img2img', 'square.png', 'a green field', ...quick, ...mask]);
  expect(code).toBe(0);
  const { images } = JSON.parse(stdout);
  expect(images[0].infotext).toMatch(/Masked content: fill/);
  const [before, after] = [halves(64, 64).toBytes(), (await decodeImage(await readFile(images[0].path))).toBytes()];
  const changed = (from: number, to: number): number =>
    after.filter((value, i) => ((i / 3) | 0) % 64 >= from && ((i / 3) | 0) % 64 < to && value !== before[i]).length;
  // The mask was made smaller, which rings a little behind its edge.
  expect(changed(38, 64)).toBe(0);
  expect(changed(0, 32)).toBeGreaterThan(1000);
});

it('names a mask that is no picture', async () => {
  const ended = await desk.run(['img2img', 'square.png', 'x', '--mask', 'text.png']);
  expect(ended).toMatchObject({
    code: 4,
    stdout: '',
    stderr: expect.stringContaining('IMAGE_INVALID: The picture text.png cannot be read'),
  });
});

it.each([
  ['picture', ['img2img', 'half.png', 'x']],
  ['mask', ['img2img', 'square.png', 'x', '--mask', 'half.png']],
])('names a %s that ends early by its file', async (_, args) => {
  const { code, stderr } = await desk.run(args);
  expect(stderr).toMatch(/^armature: IMAGE_INVALID: The picture half\.png cannot be read: it is damaged or ends early \(/m);
  expect(code).toBe(4);
});
