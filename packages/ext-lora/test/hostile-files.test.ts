import { rm } from 'node:fs/promises';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import lora from '../src/index.js';
import { loraFolder, safetensors, smallLora, type WrittenTensor } from './network-kit.js';

const count = 200;
const module = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_v';
const { name, version, armature } = manifest;

/** Numbers 0…1, the same each time (a linear congruential generator). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const partNames = [
  ['lora_up.weight', 'lora_down.weight'],
  ['lora_up.weight', 'lora_down.weight', 'lora_mid.weight'],
  ['hada_w1_a', 'hada_w1_b', 'hada_w2_a', 'hada_w2_b', 'hada_t1'],
  ['lokr_w1', 'lokr_w2_a', 'lokr_w2_b', 'lokr_t2'],
  ['weight', 'on_input'],
  ['diff', 'diff_b'],
  ['w_norm', 'b_norm'],
  ['a1.weight', 'a2.weight', 'b1.weight', 'b2.weight', 'alpha'],
  ['oft_blocks', 'alpha', 'rescale'],
  ['oft_diag'],
  ['lora_up.weight', 'lora_down.weight', 'dora_scale'],
] as const;

/** Parts of one kind with shapes that do not go together. */
function misshapen(random: () => number): Record<string, WrittenTensor> {
  const dims = [0, 1, 2, 3, 5, 7, 63];
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const parts = pick(partNames).map((part) => {
    const shape = Array.from({ length: Math.floor(random() * 6) }, () => pick(random() < 0.9 ? dims.slice(0, 6) : dims));
    const size = Math.min(
      shape.reduce((product, dim) => product * dim, 1),
      4096,
    );
    const special = [0, 1, -1, Number.NaN, Number.POSITIVE_INFINITY, 3e38];
    return [`${module}.${part}`, { shape, values: Array.from({ length: size }, () => pick(special)) }] as const;
  });
  return Object.fromEntries(parts);
}

/** A good file with some bytes changed, or its end cut off. */
function damaged(random: () => number): Uint8Array {
  const bytes = Buffer.from(safetensors(smallLora({ te: [64, 64], unet: [64, 64] }, Number.NaN)));
  if (random() < 0.3) return bytes.subarray(0, Math.floor(random() * bytes.length));
  const header = 8 + Number(bytes.readBigUInt64LE(0));
  for (let hits = 0; hits < 8; hits++) bytes[Math.floor(random() * header)] = Math.floor(random() * 256);
  return bytes;
}

it('200 broken files in one prompt: each is named, and the picture is as without them', async () => {
  const folder = await loraFolder();
  const random = seeded(6);
  const names = Array.from({ length: count }, (_, at) => `broken-${at}-end`);
  for (const [at, file] of names.entries())
    await folder.put(`${file}.safetensors`, at % 2 === 0 ? safetensors(misshapen(random)) : damaged(random));
  const told: string[] = [];
  const note = (message: string): void => {
    told.push(message);
  };
  const host = await createTestHost({
    models: [tinyModelFolder, folder.root],
    extensions: [{ manifest: { name, version, ...armature } as never, definition: lora }],
    log: { debug() {}, info() {}, warn: note, error: note },
  });
  try {
    const request = { seed: 1, steps: 2, width: 64, height: 64 };
    const plain = await host.txt2img({ ...request, prompt: 'a red circle' });
    const made = await host.txt2img({ ...request, prompt: `a red circle${names.map((file) => `<lora:${file}:1>`).join('')}` });
    expect(made.faults).toEqual([]);
    expect(made.images[0]?.image.toBytes()).toEqual(plain.images[0]?.image.toBytes());
    const lines = told.join('\n');
    expect(names.filter((file) => !lines.includes(file))).toEqual([]);
  } finally {
    await host.dispose();
    await rm(folder.root, { recursive: true, force: true });
  }
});
