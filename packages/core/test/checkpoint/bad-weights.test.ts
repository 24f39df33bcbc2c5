import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { HostError } from '@armature/sdk/host';
import { describe, expect, test } from 'vitest';
import { openWeights } from '../../src/checkpoint/index.js';
import { floats, safetensorsBytes, withHeaderText } from './safetensors-bytes.js';
import { temporaryFolder } from './temporary-folder.js';

async function errorOf(content: string | Uint8Array): Promise<HostError> {
  const folder = temporaryFolder({ 'model.safetensors': content });
  const error: unknown = await openWeights(join(folder, 'model.safetensors')).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(HostError);
  expect((error as HostError).message).toContain(join(folder, 'model.safetensors'));
  return error as HostError;
}

const span = (start: number, end: number, shape = '[1]', dtype = 'F32') =>
  `{"dtype":"${dtype}","shape":${shape},"data_offsets":[${start},${end}]}`;

describe('files that are something else', () => {
  test.each([
    ['a text file with a wrong name', 'This is a readme of a model, rename it', 'plain text that begins with "This is a readme'],
    ['a web page', '<!DOCTYPE html><html><body>Log in</body></html>', 'web page'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:1', 'git lfs pull'],
    ['a GGUF file', Buffer.from('GGUF\x03\x00\x00\x00\x00\x00\x00\x00'), 'GGUF'],
    ['a picture', Buffer.from('\x89PNG\r\n\x1a\n\x00\x00\x00\x0d', 'latin1'), 'picture'],
    ['JSON without a length', '{"a":{"dtype":"F32","shape":[1]}}', 'JSON'],
    ['three bytes', new Uint8Array([1, 2, 3]), 'no sensible header length'],
    ['noise', Uint8Array.from({ length: 600 }, (_, i) => (i * 151 + 13) % 256), 'no sensible header length'],
  ])('%s', async (_, content, words) => {
    const error = await errorOf(content);
    expect(error.code).toBe('CKPT_NOT_SAFETENSORS');
    expect(error.message).toContain(words);
  });

  test('an empty file', async () => {
    expect((await errorOf('')).code).toBe('CKPT_EMPTY');
  });

  test('a missing file, a folder, a path through a file', async () => {
    const folder = temporaryFolder({ 'file.txt': 'x' });
    await expect(openWeights(join(folder, 'none.safetensors'))).rejects.toMatchObject({ code: 'CKPT_NOT_FOUND' });
    await expect(openWeights(join(folder, 'file.txt', 'a.safetensors'))).rejects.toMatchObject({ code: 'CKPT_NOT_FOUND' });
    await expect(openWeights(folder)).rejects.toMatchObject({ code: 'CKPT_UNREADABLE' });
  });
});

describe('truncated files', () => {
  const whole = safetensorsBytes({ first: floats([8]), second: floats([8]) });

  test('within the data: names the first tensor that is cut', async () => {
    const error = await errorOf(whole.subarray(0, whole.length - 40));
    expect(error).toMatchObject({ code: 'CKPT_TRUNCATED', data: { key: 'first', bytes: whole.length - 40 } });
  });

  test('within the header', async () => {
    expect(await errorOf(whole.subarray(0, 40))).toMatchObject({ code: 'CKPT_TRUNCATED', data: { key: '(the header)' } });
  });

  test('at every length: a coded error, never a file', async () => {
    for (let length = 0; length < whole.length; length += 7) {
      expect((await errorOf(whole.subarray(0, length))).code).toMatch(/^CKPT_(?:EMPTY|NOT_SAFETENSORS|TRUNCATED)$/);
    }
  });
});

describe('hostile headers', () => {
  const data = new Uint8Array(8);
  test.each([
    ['a name twice', `{"a":${span(0, 4)},"a":${span(4, 8)}}`, 'occurs twice'],
    ['a field twice', '{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,8]}}', 'occurs twice'],
    ['overlap', `{"a":${span(0, 8, '[2]')},"b":${span(4, 8)}}`, 'overlaps a'],
    ['a hole', `{"a":${span(4, 8)}}`, 'leaves 4 unused bytes after the header'],
    ['bytes behind the last tensor', `{"a":${span(0, 4)}}`, '4 bytes follow'],
    ['a shape that needs more bytes', `{"a":${span(0, 8, '[3]')}}`, 'F32 of shape [3] is 12 bytes'],
    ['a shape beyond all files', `{"a":${span(0, 8, '[4294967296,4294967296,4294967296]')}}`, 'span 8'],
    ['a product that wraps to zero in 64 bits', `{"a":${span(0, 0, '[4294967296,4294967296]')}}`, 'span 0'],
    ['a negative size', `{"a":${span(0, 8, '[-2]')}}`, 'shape is not a list'],
    ['a fractional size', `{"a":${span(0, 8, '[2.5]')}}`, 'shape is not a list'],
    ['an unsafe size', `{"a":${span(0, 8, '[9007199254740993]')}}`, 'shape is not a list'],
    ['too many dimensions', `{"a":${span(0, 8, `[${Array(17).fill(1).join()}]`)}}`, 'shape is not a list'],
    ['offsets backwards', `{"a":${span(8, 4)}}`, 'span -4'],
    ['a negative offset', `{"a":${span(-4, 4, '[2]')}}`, 'not two byte counts'],
    ['three offsets', '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4,8]}}', 'not two byte counts'],
    ['no dtype', '{"a":{"shape":[2],"data_offsets":[0,8]}}', 'has no dtype'],
    ['a list for an entry', '{"a":[1,2]}', 'entry is not an object'],
    ['metadata that is no object', '{"__metadata__":7}', '__metadata__ is not an object'],
    ['metadata that is no text', '{"__metadata__":{"a":{}}}', '"a" is not a string'],
    ['no closing brace', `{"a":${span(0, 8, '[2]')}`, 'expected "}"'],
    ['text after the object', `{"a":${span(0, 8, '[2]')}}}`, 'expected the end'],
    ['an unclosed string', '{"a', 'expected a string that ends'],
    ['a control character in a string', '{"a\u0001":1}', 'well-formed string'],
    ['a bad escape', '{"a\\q":1}', 'well-formed string'],
    ['a trailing comma', `{"a":${span(0, 8, '[2]')},}`, 'expected a string'],
    ['deep nesting', `{"a":${'['.repeat(5000)}`, 'nested more than'],
    ['NaN', '{"a":NaN}', 'expected a value'],
  ])('%s', async (_, header, words) => {
    const error = await errorOf(withHeaderText(header, data));
    expect(error.code).toBe('CKPT_HEADER');
    expect(error.message).toContain(words);
  });

  test('a dtype nobody knows', async () => {
    expect(await errorOf(withHeaderText(`{"a":${span(0, 8, '[2]', 'F4')}}`, data))).toMatchObject({
      code: 'CKPT_DTYPE',
      data: { key: 'a', dtype: 'F4' },
    });
    expect(await errorOf(withHeaderText(`{"a":${span(0, 8, '[2]', 'constructor')}}`, data))).toMatchObject({ code: 'CKPT_DTYPE' });
  });

  test('bytes that are not UTF-8', async () => {
    const error = await errorOf(withHeaderText(Buffer.from('{"\xff\xfe":1}', 'latin1')));
    expect(error).toMatchObject({ code: 'CKPT_HEADER', data: { problem: 'it is not UTF-8 text' } });
  });

  test('a stated length of gigabytes is refused before it is read', async () => {
    const bytes = Buffer.alloc(64, 0x20);
    bytes.writeBigUInt64LE(2n ** 40n);
    bytes[8] = 0x7b;
    expect(await errorOf(bytes)).toMatchObject({ code: 'CKPT_HEADER' });
    bytes.writeBigUInt64LE(2n ** 63n + 5n);
    expect(await errorOf(bytes)).toMatchObject({ code: 'CKPT_HEADER' });
  });

  test('a header of too many tensors is refused while the event loop keeps turning', async () => {
    const header = `{${Array.from({ length: 60_000 }, (_, i) => `"k${i}":${span(0, 0, '[0]')}`).join()}}`;
    let turns = 0;
    let done = false;
    const clock = (async () => {
      while (!done) {
        await nextTurn();
        turns++;
      }
    })();
    expect((await errorOf(withHeaderText(header))).message).toContain('more than 50000 tensors');
    done = true;
    await clock;
    expect(turns).toBeGreaterThan(5);
  });
});

test('spaces that pad a header are fine', async () => {
  const folder = temporaryFolder({ 'm.safetensors': withHeaderText(`{"a" : ${span(0, 8, '[ 2 ]')} }      `, new Uint8Array(8)) });
  const weights = await openWeights(join(folder, 'm.safetensors'));
  expect(weights.get('a')?.shape).toEqual([2]);
  await weights.close();
});
