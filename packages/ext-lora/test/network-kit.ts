import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A tensor of a file that a test writes. */
export interface WrittenTensor {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Bytes of a safetensors file of float32 tensors. */
export function safetensors(tensors: Readonly<Record<string, WrittenTensor>>, metadata?: Readonly<Record<string, string>>): Uint8Array {
  let at = 0;
  const header = Object.entries(tensors).map(([key, { shape, values }]) => {
    const start = at;
    at += 4 * values.length;
    return [key, { dtype: 'F32', shape, data_offsets: [start, at] }] as const;
  });
  const text = Buffer.from(JSON.stringify({ ...(metadata && { __metadata__: metadata }), ...Object.fromEntries(header) }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const numbers = Float32Array.from(Object.values(tensors).flatMap(({ values }) => values));
  return Buffer.concat([length, text, Buffer.from(numbers.buffer)]);
}

/** A models root with a folder for networks, in the system's folder for temporary files. */
export async function loraFolder(): Promise<{ readonly root: string; put(name: string, bytes: Uint8Array): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), 'armature-lora-'));
  await mkdir(join(root, 'Lora'));
  return { root, put: (name, bytes) => writeFile(join(root, 'Lora', name), bytes) };
}

/** A low-rank network on one layer of the text encoder and one of the UNet, each number `value`. */
export function smallLora(
  { te, unet }: { readonly te: readonly [out: number, inner: number]; readonly unet: readonly [out: number, inner: number] },
  value: number,
  rank = 2,
): Record<string, WrittenTensor> {
  const filled = (shape: readonly number[]): WrittenTensor => ({
    shape,
    values: Array.from({ length: shape.reduce((product, dim) => product * dim, 1) }, (_, at) => value * Math.sin(at + 1)),
  });
  const pair = (module: string, [out, inner]: readonly [number, number]): Record<string, WrittenTensor> => ({
    [`${module}.lora_up.weight`]: filled([out, rank]),
    [`${module}.lora_down.weight`]: filled([rank, inner]),
    [`${module}.alpha`]: { shape: [], values: [rank] },
  });
  return {
    ...pair('lora_te_text_model_encoder_layers_0_self_attn_q_proj', te),
    ...pair('lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_v', unet),
  };
}
