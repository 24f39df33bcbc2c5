import { crc32 } from 'node:zlib';
import { Raster } from '@armature/sdk';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { encodePng, readPictureText } from '../../src/image/index.js';

const raw = { width: 6, height: 4, channels: 3 } as const;

/** A `tEXt` chunk. */
function textChunk(keyword: string, text: string): Buffer {
  const body = Buffer.from(`tEXt${keyword}\0${text}`, 'latin1');
  const ends = [Buffer.alloc(4), Buffer.alloc(4)] as const;
  ends[0].writeUInt32BE(body.length - 4);
  ends[1].writeUInt32BE(crc32(body));
  return Buffer.concat([ends[0], body, ends[1]]);
}

test('an EXIF comment counts more than a PNG text; other texts are told', async () => {
  const png = await sharp(Buffer.alloc(72), { raw })
    .withExif({ IFD2: { UserComment: 'from EXIF' } })
    .png()
    .toBuffer();
  const both = Buffer.concat([png.subarray(0, 33), textChunk('parameters', 'from text'), textChunk('Note', 'n'), png.subarray(33)]);
  expect(await readPictureText(both)).toEqual({ width: 6, height: 4, parameters: 'from EXIF', items: { Note: 'n' } });
});

test('the size is that of the picture as it is shown', async () => {
  const jpeg = await sharp(Buffer.alloc(72), { raw }).withMetadata({ orientation: 6 }).jpeg().toBuffer();
  expect(await readPictureText(jpeg)).toEqual({ width: 4, height: 6, parameters: undefined, items: {} });
});

test('texts of a PNG by keyword', async () => {
  const png = await encodePng(new Raster(Buffer.alloc(72), raw), { parameters: 'a', Software: 'b', extras: '猫', ['__proto__']: 'c' });
  const { parameters, items } = await readPictureText(png);
  expect(parameters).toBe('a');
  expect(Object.entries(items)).toEqual([
    ['Software', 'b'],
    ['extras', '猫'],
    ['__proto__', 'c'],
  ]);
});

test('a picture that cannot be read is named', async () => {
  await expect(readPictureText(Buffer.from('\x89PNG\r\n\x1a\nrubbish', 'latin1'), { name: 'x.png' })).rejects.toMatchObject({
    code: 'IMAGE_INVALID',
    data: { name: 'x.png' },
  });
});
