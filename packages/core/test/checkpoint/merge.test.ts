import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeFloats } from '../../src/checkpoint/float-decoder.js';
import { mergeFile, openWeights } from '../../src/checkpoint/index.js';
import { encodeFloats } from '../../src/checkpoint/merge/float-encoder.js';
import { floats, type MadeTensor, safetensorsBytes } from './safetensors-bytes.js';
import { temporaryFolder } from './temporary-folder.js';

interface Golden {
  readonly primary: Stored;
  readonly secondary: Stored;
  readonly tertiary: Stored;
  readonly cases: readonly {
    readonly method: 'weighted-sum' | 'add-difference';
    readonly multiplier: number;
    readonly half: boolean;
    readonly result: Stored;
  }[];
}
type Stored = Readonly<Record<string, { readonly dtype: string; readonly shape: readonly number[]; readonly data: string }>>;

const golden = JSON.parse(readFileSync(new URL('merge-golden.json', import.meta.url), 'utf8')) as Golden;
const bytesOf = (stored: Stored): Buffer =>
  safetensorsBytes(
    Object.fromEntries(Object.entries(stored).map(([key, tensor]) => [key, { ...tensor, data: Buffer.from(tensor.data, 'base64') }])),
  );

let lastFolder = '';
async function merged(
  content: Readonly<Record<string, Uint8Array | string>>,
  options: Partial<Parameters<typeof mergeFile>[0]>,
  watch = {},
) {
  const folder = temporaryFolder(content);
  lastFolder = folder;
  const files = await Promise.all(['a', 'b', 'c'].map((name) => openWeights(join(folder, `${name}.safetensors`)).catch(() => undefined)));
  const [primary, secondary, tertiary] = files;
  if (!primary) throw new Error('there is no primary');
  const target = { pathOf: () => join(folder, 'result.safetensors'), metadataOf: (kind: string) => ({ kind }) };
  try {
    const inputs = { method: 'weighted-sum', multiplier: 0.5, half: false, primary, secondary, tertiary, ...options } as const;
    return { folder, ...(await mergeFile(inputs, target, watch)) };
  } finally {
    for (const file of files) await file?.close();
  }
}

const three = () => ({
  'a.safetensors': bytesOf(golden.primary),
  'b.safetensors': bytesOf(golden.secondary),
  'c.safetensors': bytesOf(golden.tertiary),
});

describe('the same as PyTorch, bit for bit', () => {
  it.each(golden.cases)('$method, multiplier $multiplier, half $half', async ({ method, multiplier, half, result }) => {
    const { path } = await merged(three(), { method, multiplier, half });
    const found = await openWeights(path);
    const file = readFileSync(path);
    expect([...found.keys]).toEqual(Object.keys(result));
    expect(found.metadata.get('kind')).toBe('inpainting');
    for (const [key, { dtype, shape, data }] of Object.entries(result)) {
      const entry = found.get(key);
      expect(entry).toMatchObject({ key, dtype, shape });
      const stored = entry?.stored;
      const bytes = file.subarray(stored?.offset, (stored?.offset ?? 0) + (stored?.byteLength ?? 0));
      expect(bytes.toString('base64'), key).toBe(data);
    }
    await found.close();
  });
});

it('every half is written as it was read, and floats between two halves go to the even one', () => {
  const bits = Uint16Array.from({ length: 65536 }, (_, at) => at).filter((value) => (value & 0x7c00) !== 0x7c00 || (value & 0x3ff) === 0);
  const values = new Float32Array(bits.length);
  decodeFloats(bits.slice().buffer, 'F16', values);
  expect(new Uint16Array(encodeFloats(values, 'F16').buffer)).toEqual(bits);
  const between = Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 2 ** -25, 3 * 2 ** -25, 65519.9, 65520, 1e-30);
  expect([...new Uint16Array(encodeFloats(between, 'F16').buffer)]).toEqual([0x3c00, 0x3c02, 0, 2, 0x7bff, 0x7c00, 0]);
});

describe('what is kept, left out and refused', () => {
  const model = 'model.diffusion_model.';
  const a = { [`${model}x`]: floats([2], 1), 'first_stage_model.y': floats([2], 2), z: floats([2], 3) };

  it('a VAE is baked in, what the pattern matches goes, and half is for all when nothing is merged', async () => {
    const folder = temporaryFolder({ 'vae.safetensors': safetensorsBytes({ y: floats([2], 7) }) });
    const vae = await openWeights(join(folder, 'vae.safetensors'));
    const { path } = await merged({ 'a.safetensors': safetensorsBytes(a) }, { method: 'no-interpolation', half: true, vae, discard: /^z/ });
    const found = await openWeights(path);
    expect([...found.keys]).toEqual([`${model}x`, 'first_stage_model.y']);
    expect(found.get(`${model}x`)?.dtype).toBe('F16');
    expect([...((await found.get('first_stage_model.y')?.read()) ?? [])]).toEqual([7, 7]);
    await Promise.all([found.close(), vae.close()]);
  });

  it.each([
    ['another shape', floats([3], 1), /result|model\.diffusion_model\.x, it has shape \[3\], the primary's is \[2\]/],
    ['a type that PyTorch does not add', { dtype: 'F8_E4M3', shape: [2], data: new Uint8Array(2) } as MadeTensor, /dtype F8_E4M3/],
  ])('a model with %s is refused by name', async (_, tensor, words) => {
    const content = { 'a.safetensors': safetensorsBytes(a), 'b.safetensors': safetensorsBytes({ [`${model}x`]: tensor }) };
    await expect(merged(content, {})).rejects.toMatchObject({ code: 'MERGE_UNFIT', message: expect.stringMatching(words) });
  });

  it('an interrupted merge leaves nothing, and a file of the name is never replaced', async () => {
    const abort = new AbortController();
    const large = safetensorsBytes({ [`${model}x`]: floats([3_000_000], 1) });
    const content = { 'a.safetensors': large, 'b.safetensors': large };
    const seen: (readonly string[])[] = [];
    const onProgress = () => {
      seen.push(readdirSync(lastFolder));
      abort.abort();
    };
    await expect(merged(content, {}, { signal: abort.signal, onProgress })).rejects.toMatchObject({ code: 'JOB_CANCELLED' });
    expect(seen).toEqual([expect.arrayContaining([expect.stringMatching(/\.part$/)])]);
    expect(readdirSync(lastFolder).sort()).toEqual(['a.safetensors', 'b.safetensors']);
    const taken = merged({ ...content, 'result.safetensors': 'mine' }, {});
    await expect(taken).rejects.toMatchObject({ code: 'REQUEST_INVALID', message: expect.stringContaining('file of this name') });
    expect(readdirSync(lastFolder).sort()).toEqual(['a.safetensors', 'b.safetensors', 'result.safetensors']);
    expect(readFileSync(join(lastFolder, 'result.safetensors'), 'utf8')).toBe('mine');
  });
});
