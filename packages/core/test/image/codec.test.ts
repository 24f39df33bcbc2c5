import { readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { Raster, type RasterChannels } from '@armature/sdk';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createImages, decodeImage, encodeJpeg, encodePng, encodeWebp, readPictureText } from '../../src/image/index.js';

const readParameters = async (bytes: Uint8Array) => (await readPictureText(bytes)).parameters;
const picture = (name: string) => readFileSync(new URL(`../../../../test/fidelity/pictures/${name}`, import.meta.url));
const pattern = (width: number, height: number, channels: RasterChannels) =>
  new Raster(
    Uint8Array.from({ length: width * height * channels }, (_, i) => (i * 37) % 256),
    { width, height, channels },
  );
const chunk = (type: string, data: Uint8Array): Buffer => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
};
/** Puts chunks before the first IDAT. */
const withChunks = (png: Uint8Array, ...chunks: Buffer[]) => {
  const at = Buffer.from(png).indexOf('IDAT') - 4;
  return Buffer.concat([png.subarray(0, at), ...chunks, png.subarray(at)]);
};

const texts = ['a cat\nSteps: 20, Sampler: Euler a', 'café', '日本語 🐱 "x"', '', 'x'.repeat(20_000)];

describe('PNG', () => {
  test.each([1, 3, 4] as const)('%s channels survive unchanged', async (channels) => {
    const image = pattern(13, 7, channels);
    const decoded = await decodeImage(await encodePng(image));
    expect(decoded).toMatchObject({ width: 13, height: 7, channels });
    expect(decoded.toBytes()).toEqual(image.toBytes());
  });

  test.each(texts)('keeps the parameters %j', async (text) => {
    expect(await readParameters(await encodePng(pattern(2, 2, 3), { parameters: text }))).toBe(text);
  });

  test('latin-1 goes to tEXt, the rest to iTXt, both before the pixels and readable by another reader', async () => {
    const png = Buffer.from(await encodePng(pattern(2, 2, 3), { parameters: 'café', other: '猫' }));
    expect(png.indexOf('tEXtparameters\0caf\xe9', 0, 'latin1')).toBeGreaterThan(0);
    expect(png.indexOf('iTXtother\0\0\0\0\0', 0, 'latin1')).toBeGreaterThan(0);
    expect(png.indexOf('iTXt')).toBeLessThan(png.indexOf('IDAT'));
    expect((await sharp(png).metadata()).comments).toContainEqual({ keyword: 'other', text: '猫' });
  });

  test('refuses a keyword PNG does not allow', async () => {
    for (const keyword of ['', 'x'.repeat(80), 'a\0b', '猫'])
      await expect(encodePng(pattern(1, 1, 3), { [keyword]: 'x' })).rejects.toThrow('cannot name a PNG text');
  });

  test('reads compressed texts, within bounds', async () => {
    const png = await encodePng(pattern(2, 2, 3));
    const zTXt = (text: string) => chunk('zTXt', Buffer.concat([Buffer.from('parameters\0\0'), deflateSync(text)]));
    const iTXt = chunk('iTXt', Buffer.concat([Buffer.from('parameters\0\x01\0en\0Parameter\0'), deflateSync('猫')]));
    expect(await readParameters(withChunks(png, zTXt('hello')))).toBe('hello');
    expect(await readParameters(withChunks(png, iTXt))).toBe('猫');
    await expect(readParameters(withChunks(png, zTXt('x'.repeat(9 * 2 ** 20))))).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
    await expect(readParameters(withChunks(png, chunk('zTXt', Buffer.from('parameters\0\0junk'))))).rejects.toMatchObject({
      code: 'IMAGE_INVALID',
    });
    expect(
      await readParameters(withChunks(png, chunk('iTXt', Buffer.from('parameters\0\0\0en')), chunk('tEXt', Buffer.from('\0x')))),
    ).toBeUndefined();
  });
});

describe('JPEG and WebP', () => {
  const image = pattern(16, 9, 3);

  test.each(texts.filter((text) => text !== ''))('keep the parameters %j', async (text) => {
    expect(await readParameters(await encodeJpeg(image, { parameters: text }))).toBe(text);
    expect(await readParameters(await encodeWebp(image, { parameters: text }))).toBe(text);
    expect(await readParameters(await encodeWebp(pattern(5, 5, 4), { parameters: text, lossless: true }))).toBe(text);
  });

  test('stay readable, with transparency in WebP', async () => {
    expect(await decodeImage(await encodeJpeg(pattern(5, 4, 4), { parameters: 'x', quality: 95 }))).toMatchObject({
      width: 5,
      height: 4,
      channels: 3,
    });
    const rgba = new Raster(
      Uint8Array.from({ length: 5 * 4 * 4 }, (_, i) => (i % 4 === 3 ? 255 - i : i)),
      { width: 5, height: 4, channels: 4 },
    );
    const back = await decodeImage(await encodeWebp(rgba, { parameters: 'x', lossless: true }));
    expect([...back.toBytes()]).toEqual([...rgba.toBytes()]);
  });

  test('a text that does not fit into a JPEG is refused, not cut', async () => {
    await expect(encodeJpeg(image, { parameters: 'x'.repeat(40_000) })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  test('no parameters, no metadata', async () => {
    expect(await readParameters(await encodeJpeg(image))).toBeUndefined();
    expect(await readParameters(await encodeWebp(image))).toBeUndefined();
    expect(await readParameters(await encodePng(image))).toBeUndefined();
  });
});

describe('pictures of the webui', () => {
  test.each(['exif.jpg', 'exif.webp'])('the UserComment of %s', async (name) => {
    const text = await readParameters(picture(name));
    expect(text?.split('\n')[1]).toBe('Negative prompt: blurry, low quality');
    expect(text).toContain('Steps: 8, Sampler: Euler, Schedule type: Automatic, CFG scale: 7.0, Seed: 1234');
  });

  test('an iTXt chunk', async () => {
    expect(await readParameters(picture('itxt.png'))).toBe(
      'ünïcode prompt 猫\nNegative prompt: x\nSteps: 20, Sampler: Euler, CFG scale: 7',
    );
  });

  test.each([
    ['init_64x64.png', 3],
    ['init_gray_64x64.png', 1],
    ['init_rgba_64x64.png', 4],
    ['init_64x64.jpg', 3],
    ['init_64x64.webp', 3],
  ])('%s decodes to %s channels', async (name, channels) => {
    expect(await decodeImage(picture(name))).toMatchObject({ width: 64, height: 64, channels });
  });
});

describe('other writers', () => {
  test('the orientation of a photograph is applied', async () => {
    const jpeg = await sharp(Buffer.alloc(6 * 4 * 3, 90), { raw: { width: 6, height: 4, channels: 3 } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect(await decodeImage(jpeg)).toMatchObject({ width: 4, height: 6 });
  });

  test('a UserComment in ASCII, without a code, and little-endian', async () => {
    const ascii = await sharp(Buffer.alloc(12), { raw: { width: 2, height: 2, channels: 3 } })
      .withExif({ IFD2: { UserComment: 'plain words' } })
      .jpeg()
      .toBuffer();
    expect(await readParameters(ascii)).toBe('plain words');
    const jpeg = Buffer.from(await encodeJpeg(pattern(2, 2, 3), { parameters: 'words' }));
    const at = jpeg.indexOf('UNICODE\0') + 8;
    Buffer.from('words', 'utf16le').copy(jpeg, at);
    expect(await readParameters(jpeg)).toBe('words');
  });

  test('palette, 16-bit and 1-bit pictures become 8-bit', async () => {
    const rgb = Buffer.from(pattern(8, 8, 3).toBytes());
    const raw = { raw: { width: 8, height: 8, channels: 3 as const } };
    expect((await decodeImage(await sharp(rgb, raw).png({ palette: true }).toBuffer())).channels).toBe(3);
    const deep = await decodeImage(await sharp(rgb, raw).toColourspace('rgb16').png().toBuffer());
    expect([...deep.toBytes()]).toEqual([...rgb]);
  });
});

describe('bad pictures', () => {
  test.each([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('no picture at all')],
    ['SVG, which is a program', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="5" height="5"/>')],
    ['a GIF', Buffer.from('GIF89a\x01\0\x01\0\0\0\0;', 'latin1')],
    ['a signature without a picture', picture('init_64x64.png').subarray(0, 8)],
    ['half a PNG', picture('init_64x64.png').subarray(0, 1000)],
    ['half a JPEG', picture('init_64x64.jpg').subarray(0, 900)],
    ['half a WebP', picture('init_64x64.webp').subarray(0, 400)],
    ['a PNG of noise', Buffer.concat([picture('init_64x64.png').subarray(0, 60), Buffer.alloc(300, 7)])],
  ])('%s', async (_, bytes) => {
    await expect(decodeImage(bytes, { name: 'sketch.png' })).rejects.toMatchObject({ code: 'IMAGE_INVALID', data: { name: 'sketch.png' } });
    await expect(createImages().decode(bytes)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
  });

  test('a small file that claims 10 gigapixels is refused before it is unpacked', async () => {
    const header = Buffer.alloc(13);
    header.writeUInt32BE(100_000, 0);
    header.writeUInt32BE(100_000, 4);
    header.set([8, 2, 0, 0, 0], 8);
    const bomb = Buffer.concat([
      picture('init_64x64.png').subarray(0, 8),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(Buffer.alloc(1000))),
      chunk('IEND', Buffer.alloc(0)),
    ]);
    await expect(decodeImage(bomb)).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
  });
});
