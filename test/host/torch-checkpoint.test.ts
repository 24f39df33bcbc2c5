import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, expect, it } from 'vitest';
import { type TorchTensor, torchBytes } from '../../packages/core/test/checkpoint/torch-bytes.js';

const root = mkdtempSync(join(tmpdir(), 'armature-ckpt-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A safetensors file of halves and floats as torch.save would have written it. */
function asTorch(file: Buffer): Buffer {
  const length = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + length)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = Object.entries(header).flatMap(([key, { dtype, shape, data_offsets: span }]): [string, TorchTensor][] => {
    if (key === '__metadata__') return [];
    const data = file.subarray(8 + length + span[0], 8 + length + span[1]);
    return [[key, { storage: dtype === 'F16' ? 'HalfStorage' : 'FloatStorage', shape, data }]];
  });
  return torchBytes(Object.fromEntries(tensors));
}

it('a .ckpt file makes the picture of the same weights in safetensors, straight from the file', async () => {
  const source = join(tinyModelFolder, 'Stable-diffusion');
  mkdirSync(join(root, 'Stable-diffusion'));
  cpSync(join(source, 'tiny-sd1-clip'), join(root, 'Stable-diffusion/tiny-sd1-clip'), { recursive: true });
  writeFileSync(join(root, 'Stable-diffusion/old.ckpt'), asTorch(readFileSync(join(source, 'tiny-sd1.safetensors'))));
  writeFileSync(join(root, 'Stable-diffusion/old.yaml'), readFileSync(join(source, 'tiny-sd1.yaml')));
  const host = await createTestHost({ models: [root, tinyModelFolder] });
  try {
    const request = { prompt: 'a red circle on a blue background', seed: 1, steps: 3, width: 64, height: 64 };
    const [old, plain] = [await host.txt2img({ ...request, model: 'old' }), await host.txt2img({ ...request, model: 'tiny-sd1' })];
    expect(old.images[0]?.image.toBytes()).toEqual(plain.images[0]?.image.toBytes());
    expect(old.images[0]?.infotext).toContain('Model: old');
  } finally {
    await host.dispose();
  }
});
