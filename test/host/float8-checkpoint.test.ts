import { copyFileSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHost, type HostConfig } from '@armature/core';
import type { WeightDtype } from '@armature/sdk';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWeights } from '../../packages/core/src/checkpoint/index.js';
import float8Values from '../../packages/core/test/checkpoint/float8-values.json' with { type: 'json' };
import { type MadeTensor, safetensorsBytes } from '../../packages/core/test/checkpoint/safetensors-bytes.js';

type Float8 = 'F8_E4M3' | 'F8_E5M2';
const dtypes = ['F8_E4M3', 'F8_E5M2'] as const;
/** What PyTorch makes of every byte; undefined for no number. */
const valuesOf = (dtype: Float8): readonly (number | undefined)[] =>
  float8Values[dtype].split(' ').map((bits) => (bits === 'nan' ? undefined : Buffer.from(bits, 'hex').readFloatBE()));

const folder = mkdtempSync(join(tmpdir(), 'armature-float8-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The tiny model with the UNet and the VAE in 8 bits and the text encoder as it is; and what PyTorch reads in that as float32. */
beforeAll(async () => {
  cpSync(join(tinyModelFolder, 'Stable-diffusion'), join(folder, 'models/Stable-diffusion'), { recursive: true });
  const weights = await openWeights(join(tinyModelFolder, 'Stable-diffusion/tiny-sd1.safetensors'));
  for (const dtype of dtypes) {
    const values = valuesOf(dtype);
    const byValue = values
      .map((value, byte) => ({ value, byte }))
      .filter((entry): entry is { value: number; byte: number } => Number.isFinite(entry.value))
      .sort((a, b) => a.value - b.value || a.byte - b.byte);
    const files: Record<string, Record<string, MadeTensor>> = { narrow: {}, wide: {} };
    for (const key of weights.keys) {
      const { shape, read } = weights.get(key)!;
      const given = await read();
      const isNarrow = /^(?:model\.diffusion_model|first_stage_model)\./.test(key);
      const bytes = isNarrow && Uint8Array.from(given, (value) => nearest(byValue, value));
      files.narrow![key] = bytes ? { dtype, shape, data: bytes } : plain(shape, given);
      files.wide![key] = plain(shape, bytes ? Float32Array.from(bytes, (byte) => values[byte]!) : given);
    }
    for (const [name, tensors] of Object.entries(files)) {
      const path = join(folder, 'models/Stable-diffusion', `${dtype}-${name}`);
      writeFileSync(`${path}.safetensors`, safetensorsBytes(tensors));
      copyFileSync(join(tinyModelFolder, 'Stable-diffusion/tiny-sd1.yaml'), `${path}.yaml`);
    }
  }
  await weights.close();
});

const plain = (shape: readonly number[], values: Float32Array): MadeTensor => ({
  dtype: 'F32' satisfies WeightDtype,
  shape,
  data: new Uint8Array(values.buffer),
});

function nearest(sorted: readonly { value: number; byte: number }[], value: number): number {
  let [low, high] = [0, sorted.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.value <= value) low = middle;
    else high = middle;
  }
  const [below, above] = [sorted[low]!, sorted[high]!];
  return value - below.value <= above.value - value ? below.byte : above.byte;
}

async function picture(model: string, config: HostConfig): Promise<Uint8Array> {
  const host = await createHost({ models: [join(folder, 'models')], data: join(folder, 'data'), threads: 2, ...config });
  try {
    const request = { prompt: 'a red circle on a blue background', seed: 3, steps: 3, width: 64, height: 64, model };
    return (await host.txt2img(request)).images[0]!.image.toBytes();
  } finally {
    await host.dispose();
  }
}

describe.each(dtypes)('a checkpoint with weights in %s', (dtype) => {
  it('makes the picture of its float32 values bit for bit, with the weights cache and without', async () => {
    const expected = await picture(`${dtype}-wide`, { weightsCache: 'off' });
    const without = await picture(`${dtype}-narrow`, { weightsCache: 'off' });
    const copies = () => readdirSync(join(folder, 'data'), { recursive: true }).filter((name) => String(name).endsWith('.f32.safetensors'));
    const before = copies().length;
    const cached = await picture(`${dtype}-narrow`, { weightsCache: { smallest: 0 } });
    expect(copies().length).toBe(before + 1);
    expect(new Set(expected).size).toBeGreaterThan(32);
    expect(without).toEqual(expected);
    expect(cached).toEqual(expected);
  });
});
