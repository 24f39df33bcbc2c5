import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HostError } from '@armature/sdk/host';
import { describe, expect, test } from 'vitest';
import { openWeights } from '../../src/checkpoint/index.js';
import { temporaryFolder } from './temporary-folder.js';
import { torchBytes, torchZipOf, zipBytes } from './torch-bytes.js';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

async function errorOf(content: Uint8Array): Promise<HostError> {
  const folder = temporaryFolder({ 'model.pt': content });
  const error: unknown = await openWeights(join(folder, 'model.pt')).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(HostError);
  expect((error as HostError).message).toContain(join(folder, 'model.pt'));
  return error as HostError;
}

// Written by PyTorch 2.15, zip and legacy form, from one dictionary.
describe.each(['zip.pt', 'legacy.pt'])('%s', (name) => {
  test('has every tensor by its path, at its place in the file', async () => {
    const weights = await openWeights(fixture(name));
    const read = async (key: string) => [...((await weights.get(key)?.read()) ?? [])];
    const base = Array.from({ length: 24 }, (_, i) => i);
    expect([...weights.keys]).toHaveLength(13);
    expect(weights.get('f32')).toMatchObject({ dtype: 'F32', shape: [4, 6] });
    expect(await read('f32')).toEqual(base);
    expect(await read('shared')).toEqual(base);
    expect(await read('half')).toEqual([1.5, -2.25, 3]);
    expect(await read('bf16')).toEqual([1, -3.5]);
    expect(await read('double')).toEqual([Math.fround(1 / 3)]);
    expect(await read('row')).toEqual(base.slice(12, 18));
    expect(await read('ids')).toEqual([0, 1, 2, 3, 4]);
    expect(await read('flag')).toEqual([1, 0]);
    expect(await read('scalar')).toEqual([7.5]);
    expect(weights.get('scalar')?.shape).toEqual([]);
    expect(await read('empty')).toEqual([]);
    expect(await read('param')).toEqual([1, 1]);
    const stored = weights.get('f32')?.stored;
    const bytes = readFileSync(fixture(name)).subarray(stored?.offset, (stored?.offset ?? 0) + (stored?.byteLength ?? 0));
    expect([...new Float32Array(Uint8Array.from(bytes).buffer)]).toEqual(base);
    await weights.close();
  });

  test('gives views in the order of their shape, and no place in the file for them', async () => {
    const weights = await openWeights(fixture(name));
    expect(weights.get('transposed')).toMatchObject({ shape: [6, 4] });
    expect(weights.get('transposed')?.stored).toBeUndefined();
    expect([...((await weights.get('transposed')?.read()) ?? [])].slice(0, 5)).toEqual([0, 6, 12, 18, 1]);
    expect([...((await weights.get('slice')?.read()) ?? [])]).toEqual([8, 9, 14, 15]);
    await weights.close();
  });

  test('tells texts and numbers beside the state_dict', async () => {
    const weights = await openWeights(fixture(name));
    expect(Object.fromEntries(weights.metadata)).toEqual({ epoch: '3', global_step: '12', note: 'hello', lr: '0.001' });
    await weights.close();
  });

  test('cut anywhere, it is refused and never read', async () => {
    const whole = readFileSync(fixture(name));
    for (let length = 1; length < whole.length - 1; length += 97) {
      expect(['CKPT_PICKLE', 'CKPT_TRUNCATED', 'CKPT_NOT_SAFETENSORS']).toContain((await errorOf(whole.subarray(0, length))).code);
    }
  });
});

describe('pickles that want more than to be data', () => {
  test.each([
    ['a shell command', "cos\nsystem\n(S'echo hurt'\ntR.", '"os.system"'],
    ['a shell command by the new way to name it', '\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02id\x85R.', '"posix.system"'],
    ['eval', "cbuiltins\neval\n(S'1'\ntR.", '"builtins.eval"'],
    ['a loader of torch', "ctorch\nload\n(S'x'\ntR.", '"torch.load"'],
    ['bytes that are loaded', "ctorch.storage\n_load_from_bytes\n(S'x'\ntR.", '_load_from_bytes'],
    ['a name that JavaScript knows', 'c__proto__\nconstructor\n)R.', '"__proto__.constructor"'],
    ['a registry of extensions', '\x80\x02\x82\x01.', 'an instruction no weights file has (0x82)'],
    ['an instance of a class', '(ios\nsystem\n.', 'an instruction no weights file has (0x69)'],
  ])('%s', async (_, pickle, words) => {
    const error = await errorOf(torchZipOf(pickle));
    expect(error.code).toBe('CKPT_PICKLE');
    expect(error.message).toContain(words);
    expect(error.message).toContain('Nothing in it was run');
  });
});

describe('pickles that are broken or boundless', () => {
  const tensor = { storage: 'FloatStorage', shape: [2], data: new Uint8Array(8) } as const;

  test.each([
    ['a text longer than the file', '\x80\x02\x8d\xff\xff\xff\xff\x00\x00\x00\x00.'],
    ['a length no number holds', '\x80\x02\x8e\xff\xff\xff\xff\xff\xff\xff\xff.'],
    ['an integer of 255 bytes', `\x80\x02\x8a\xff${'\x01'.repeat(255)}.`],
    ['a memory that was not kept', '\x80\x02h\x07.'],
    ['a list that holds itself', '\x80\x02]q\x00h\x00a.'],
    ['lists in lists', `\x80\x02${']'.repeat(200)}${'a'.repeat(199)}.`],
    ['nothing on the stack', '\x80\x020.'],
    ['a mark that is not there', '\x80\x02t.'],
    ['two values left', '\x80\x02NN.'],
    ['no end', '\x80\x02N'],
    ['a million marks', '('.repeat(1_100_000)],
    ['a tensor of words', "ctorch._utils\n_rebuild_tensor_v2\n(S'a'\ntR."],
    ['a storage of no class', '\x80\x02(X\x07\x00\x00\x00storageX\x01\x00\x00\x00aX\x01\x00\x00\x000X\x03\x00\x00\x00cpuK\x01tQ.'],
  ])('%s', async (_, pickle) => {
    expect((await errorOf(torchZipOf(pickle))).code).toBe('CKPT_PICKLE');
  });

  test('a tensor that reaches beyond its storage, and one whose numbers are missing', async () => {
    const long = { ...tensor, shape: [3] };
    expect((await errorOf(torchBytes({ long }))).message).toContain('reaches beyond its storage');
    const lost = torchBytes({ tensor });
    const renamed = Buffer.from(lost.toString('latin1').replaceAll('archive/data/0', 'archive/data/9'), 'latin1');
    expect((await errorOf(renamed)).message).toContain('are not in it');
  });

  test('packed, overlapping and lying zips', async () => {
    const pickle = { name: 'archive/data.pkl', data: Buffer.from('\x80\x02}.', 'latin1') };
    expect((await errorOf(zipBytes([{ ...pickle, method: 8 }]))).message).toContain('packed');
    expect((await errorOf(zipBytes([pickle, { name: 'archive/data/0', data: new Uint8Array(9), claimed: 0 }]))).message).toContain(
      'lies on another',
    );
    expect((await errorOf(zipBytes([{ ...pickle, claimed: 3 }]))).code).toBe('CKPT_PICKLE');
    expect((await errorOf(zipBytes([{ name: 'readme.txt', data: new Uint8Array(1) }]))).message).toContain('no PyTorch file');
    expect((await errorOf(Buffer.from('PK\x03\x04aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'latin1'))).message).toContain(
      'without a directory',
    );
  });

  test('bytes changed at random are refused or read as other numbers, never more', async () => {
    const whole = readFileSync(fixture('zip.pt'));
    let seed = 7;
    for (let round = 0; round < 200; round++) {
      const bytes = Uint8Array.from(whole);
      for (let change = 0; change < 3; change++) {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        bytes[seed % bytes.length] = (seed >>> 8) & 255;
      }
      const path = join(temporaryFolder({ 'model.pt': bytes }), 'model.pt');
      const opened = await openWeights(path).catch((error: unknown) => {
        expect(error).toBeInstanceOf(HostError);
        return undefined;
      });
      if (!opened) continue;
      for (const key of opened.keys) await opened.get(key)?.read();
      await opened.close();
    }
  });
});
