import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const tiny = new URL('../../packages/tiny-model/models/Stable-diffusion/', import.meta.url);

/** A models folder with the tiny model under several names and small LoRAs for it. */
export async function modelsFolder(root, { models, loras }) {
  const checkpoints = join(root, 'Stable-diffusion');
  await mkdir(join(root, 'Lora'), { recursive: true });
  // Their configuration names it so.
  await mkdir(join(checkpoints, 'tiny-sd1-clip'), { recursive: true });
  await copyFile(new URL('tiny-sd1-clip/config.json', tiny), join(checkpoints, 'tiny-sd1-clip', 'config.json'));
  for (const name of models) {
    for (const extension of ['safetensors', 'yaml']) {
      await copyFile(new URL(`tiny-sd1.${extension}`, tiny), join(checkpoints, `${name}.${extension}`));
    }
  }
  for (const [index, name] of loras.entries()) await writeFile(join(root, 'Lora', `${name}.safetensors`), lora(0.1 + index / 10));
}

/** A low-rank network on one layer of the text encoder and one of the UNet, as safetensors. */
function lora(strength) {
  const rank = 2;
  const pair = (module) => [
    [`${module}.lora_up.weight`, [64, rank]],
    [`${module}.lora_down.weight`, [rank, 64]],
  ];
  const tensors = [
    ...pair('lora_te_text_model_encoder_layers_0_self_attn_q_proj'),
    ...pair('lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_v'),
  ];
  let at = 0;
  const header = {};
  const numbers = [];
  for (const [key, shape] of tensors) {
    const count = shape[0] * shape[1];
    header[key] = { dtype: 'F32', shape, data_offsets: [at, at + 4 * count] };
    at += 4 * count;
    for (let index = 0; index < count; index++) numbers.push(strength * Math.sin(index + 1));
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.from(Float32Array.from(numbers).buffer)]);
}
