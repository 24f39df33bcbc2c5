import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { decodeImage } from '@armature/core';
import { Raster, Tensor } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { matchers } from '@armature/testing/vitest';
import { afterAll, describe, expect, it } from 'vitest';
import { pictureRequest } from './picture-request.js';

expect.extend(matchers);

const folder = mkdtempSync(join(tmpdir(), 'armature-matchers-'));
const given = process.env.TMPDIR;
process.env.TMPDIR = folder;
afterAll(() => {
  if (given === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = given;
  rmSync(folder, { recursive: true, force: true });
});

const size = { width: 40, height: 24, channels: 3 } as const;
const clamp = (value: number): number => Math.min(255, Math.max(0, value));
const pattern = (i: number): number => (i * 7 + Math.floor(i / 11)) % 256;
const raster = (value: (i: number) => number): Raster =>
  new Raster(
    Array.from({ length: 40 * 24 * 3 }, (_, i) => value(i)),
    size,
  );
const reference = raster(pattern);
const noisy = raster((i) => clamp(pattern(i) + ((i * 13) % 41) - 20));
const gradient = (x: number, y: number): readonly number[] => [x * 6, y * 10, (x + y) * 4];
const ramp = raster((i) => gradient(Math.floor(i / 3) % 40, Math.floor(i / 120))[i % 3] as number);
const moved = raster((i) => gradient((Math.floor(i / 3) + 38) % 40, Math.floor(i / 120))[i % 3] as number);

function messageOf(assertion: () => void): string {
  try {
    assertion();
  } catch (error) {
    return (error as Error).message;
  }
  return 'it passed';
}
const pathIn = (message: string): string => /: (\/.*\.png)$/m.exec(message)?.[1] ?? 'no path';
const picture = (message: string): Promise<Raster> => decodeImage(readFileSync(pathIn(message)));

describe('toLookLike', () => {
  // scikit-image 0.26: peak_signal_noise_ratio; structural_similarity of the BT.601 luma with Gaussian weights, sigma 1.5, no sample covariance.
  it('measures PSNR and SSIM as scikit-image does', () => {
    expect(messageOf(() => expect(noisy).toLookLike(reference))).toContain('PSNR 26.86 dB, but at least 30 dB is asked for');
    expect(noisy).toLookLike(reference, { psnr: 26.86, ssim: 0.99733 });
    expect(noisy).not.toLookLike(reference, { ssim: 0.99734 });
    expect(moved).toLookLike(ramp, { ssim: 0.990641 });
    expect(moved).not.toLookLike(ramp, { ssim: 0.990642 });
    expect(
      messageOf(() =>
        expect(ramp).toLookLike(
          ramp.map((value) => 255 - value),
          { ssim: 0 },
        ),
      ),
    ).toContain('SSIM -0.4843, but at least 0');
    expect(reference).toLookLike(reference, { psnr: 1000, ssim: 1 });
  });

  it('says what is asked for and writes expected, actual and difference', async () => {
    const message = messageOf(() => expect(noisy).toLookLike(reference, { psnr: 20, ssim: 0.999 }));
    expect(message).toContain('expected the picture to look like the reference:');
    expect(message).toContain('  PSNR 26.86 dB, and at least 20 dB is asked for\n  SSIM 0.9973, but at least 0.999 is asked for');
    expect(message).toContain('expected | actual | difference ×12: ');
    expect(dirname(pathIn(message))).toBe(join(folder, 'armature-testing'));
    expect(pathIn(message)).toContain('toLookLike-says-what-is-asked-for');
    const panels = await picture(message);
    expect([panels.width, panels.height]).toEqual([3 * 40 + 16, 24]);
    const row = (left: number): Uint8Array => panels.toBytes().subarray(left * 3, (left + 40) * 3);
    expect(row(0)).toEqual(reference.toBytes().subarray(0, 120));
    expect(row(48)).toEqual(noisy.toBytes().subarray(0, 120));
    const apart = reference.toBytes().map((value, i) => 12 * Math.abs(value - (noisy.toBytes()[i] as number)));
    expect(row(96)).toEqual(apart.subarray(0, 120));
  });

  it('tells sizes that differ, the opposite that fails, and what is no picture', () => {
    const grey = new Raster(new Uint8Array(16), { width: 4, height: 4, channels: 1 });
    expect(messageOf(() => expect(grey).toLookLike(reference))).toBe('expected a picture of 40×24, 3 channels, and it is 4×4, 1 channel');
    expect(messageOf(() => expect(reference).not.toLookLike(reference))).toContain('PSNR infinite (the pictures are equal) dB');
    expect(messageOf(() => expect(grey).toLookLike(grey, { ssim: 0.9 }))).toBe(
      'SSIM needs at least 11 pixels a side, and the picture is 4×4; use psnr',
    );
    expect(messageOf(() => expect(undefined).toLookLike(reference))).toBe(
      'what was received is no picture but nothing (undefined): did the job make that many pictures?; give a Raster, or a picture of a result',
    );
    expect(() => expect(reference).toLookLike('a.png' as unknown as Raster)).toThrow('the reference is no picture but string');
  });
});

describe('toBeIdenticalTo', () => {
  it('counts pixels and names the first', async () => {
    const one = raster((i) => (i === 121 ? 9 : pattern(i)));
    expect(reference).toBeIdenticalTo(raster(pattern));
    expect(one).not.toBeIdenticalTo(reference);
    const message = messageOf(() => expect(one).toBeIdenticalTo(reference));
    const [, count, first] = message.split('\n');
    expect(count).toBe(`  1 of 960 pixels differ, a value by at most ${Math.abs(pattern(121) - 9)}`);
    expect(first).toBe(
      `  the first is x 0, y 1: expected (${pattern(120)}, ${pattern(121)}, ${pattern(122)}), found (${pattern(120)}, 9, ${pattern(122)})`,
    );
    expect((await picture(message)).width).toBe(136);
    expect(messageOf(() => expect(reference).not.toBeIdenticalTo(reference))).toBe(
      'expected the picture to differ from the reference, and it is identical',
    );
  });

  it('sees transparency, in the written picture too', async () => {
    const clear = new Raster([200, 0, 0, 255], { width: 1, height: 1, channels: 4 });
    const faint = new Raster([200, 0, 0, 0], { width: 1, height: 1, channels: 4 });
    const message = messageOf(() => expect(faint).toBeIdenticalTo(clear));
    expect(message).toContain('expected (200, 0, 0, 255), found (200, 0, 0, 0)');
    const bytes = (await picture(message)).toBytes();
    expect([...bytes.subarray(0, 3), ...bytes.subarray(27, 30)]).toEqual([200, 0, 0, 128, 128, 128]);
  });
});

describe('toHaveDominantColour', () => {
  const flat = (colour: readonly number[]): Raster => raster((i) => (i < 600 ? 250 : (colour[i % 3] as number) + (i % 5)));

  it('goes by name or by distance from a code', () => {
    const brick = flat([196, 52, 44]);
    expect(brick).toHaveDominantColour('red');
    expect(brick).not.toHaveDominantColour('orange');
    expect(brick).toHaveDominantColour('#c6362e', 3);
    expect(brick).not.toHaveDominantColour('#ff0000');
    expect(brick).toHaveDominantColour('#ff0000', 40);
    expect(brick).toHaveDominantColour('brown', 50);
    for (const [name, colour] of [
      ['blue', [0, 0, 250]],
      ['green', [0, 250, 0]],
      ['black', [0, 0, 0]],
      ['purple', [250, 0, 250]],
    ] as const)
      expect(flat(colour)).toHaveDominantColour(name);
    expect(new Raster([7, 9, 8, 200], { width: 2, height: 2, channels: 1 })).toHaveDominantColour('black');
  });

  it('says which colour it is instead, how much of it there is, and shows it', async () => {
    const message = messageOf(() => expect(flat([196, 52, 44])).toHaveDominantColour('blue'));
    expect(message).toMatch(/^expected the dominant colour to be blue, and it is #c6362e, which is red \(79 % of the pixels\)\n/);
    expect(message).toContain('expected | actual | its dominant colour: ');
    const panels = await picture(message);
    expect([...panels.toBytes().subarray(0, 3)]).toEqual([40, 80, 215]);
    expect(messageOf(() => expect(flat([196, 52, 44])).toHaveDominantColour('#0000ff'))).toMatch(
      /is red \(79 % .*, \d+\.\d from it and not at most 15\n/,
    );
    expect(messageOf(() => expect(flat([196, 52, 44])).not.toHaveDominantColour('red'))).toContain('not to be red, and it is #c6362e');
    expect(() => expect(reference).toHaveDominantColour('rot' as 'red')).toThrow('"rot" is no colour; write #rrggbb or one of black, grey');
  });
});

it('takes the pictures of a result as they are', async () => {
  const host = await createTestHost();
  try {
    const request = { ...pictureRequest, steps: 8, width: 128, height: 128 };
    const [first, again] = [await host.txt2img(request), await host.txt2img(request)];
    expect(again.images[0]).toBeIdenticalTo(first.images[0]!);
    expect(first.images[0]).toHaveDominantColour('blue');
    const other = await host.txt2img({ ...request, seed: 8 });
    expect(other.images[0]).not.toLookLike(first.images[0]!);
    expect(first.images[0]).toLookLike(first.images[0]!.image.map((value) => value + 2));
  } finally {
    await host.dispose();
  }
});

it('compares tensors with what is recorded beside the test', () => {
  expect(new Tensor([0, 0.5, -1, 1 / 3, Number.NaN, Number.POSITIVE_INFINITY], [2, 3])).toMatchTensorSnapshot('special-values');
  expect(
    new Tensor(
      Float32Array.from({ length: 10_000 }, (_, i) => Math.fround(Math.sin(i))),
      [100, 100],
    ),
  ).toMatchTensorSnapshot('sine');
});
