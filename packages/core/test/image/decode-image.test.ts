import { readFileSync } from 'node:fs';
import type { RasterChannels } from '@armature/sdk';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { decodeImage } from '../../src/image/index.js';

/** Small pictures of every kind and the pixels Pillow 9.5 reads from them. */
interface Decoded {
  readonly file: string;
  readonly what: string;
  readonly width: number;
  readonly height: number;
  readonly channels: RasterChannels;
  readonly pixels: string;
}
const golden = JSON.parse(readFileSync(new URL('golden/pillow-decode.json', import.meta.url), 'utf8')) as readonly Decoded[];
const file = (name: string) => readFileSync(new URL(`fixtures/pictures/${name}`, import.meta.url));

test.each(golden)('$file ($what) as Pillow reads it', async ({ file: name, width, height, channels, pixels }) => {
  const image = await decodeImage(file(name));
  expect(image).toMatchObject({ width, height, channels });
  expect([...image.toBytes()]).toEqual([...Buffer.from(pixels, 'base64')]);
});

test('a WebP that moves, made by another encoder, gives its first picture', async () => {
  const [first, second] = [Buffer.alloc(8 * 8 * 3, 200), Buffer.alloc(8 * 8 * 3, 20)];
  const moving = await sharp(Buffer.concat([first, second]), { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
    .webp({ lossless: true })
    .toBuffer();
  const image = await decodeImage(moving);
  expect(image).toMatchObject({ width: 8, height: 8, channels: 3 });
  expect(new Set(image.toBytes())).toEqual(new Set([200]));
});

describe('a picture cut short is refused by a code', () => {
  const cuts = golden
    .filter(({ width, what }) => width > 1 && !what.includes('animation'))
    .flatMap(({ file: name }) => [0.25, 0.5].map((part) => ({ name, part })));
  test.each(cuts)('$name after $part', async ({ name, part }) => {
    const bytes = file(name);
    const short = bytes.subarray(0, Math.floor(bytes.length * part));
    await expect(decodeImage(short, { name })).rejects.toMatchObject({ code: 'IMAGE_INVALID', data: { name } });
  });
});
