import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openWeights } from '../../packages/core/src/checkpoint/index.js';
import { type MadeTensor, safetensorsBytes } from '../../packages/core/test/checkpoint/safetensors-bytes.js';

type Tensors = Record<string, MadeTensor>;
export type FolderKind = 'sd1' | 'sd2' | 'sdxl';

export interface FolderOptions {
  readonly kind: FolderKind;
  /** Heads of the first text encoder. */
  readonly heads: number;
  /** Of the UNet of SD 1.x. */
  readonly unetHeads?: number;
  /** The UNet in two files with an index. */
  readonly pieces?: boolean;
}

/** Writes a checkpoint with two residual blocks a level as a diffusers folder, tensor by tensor. */
export async function writeDiffusersFolder(
  checkpoint: string,
  folder: string,
  { kind, heads, unetHeads, pieces }: FolderOptions,
): Promise<void> {
  const parts = await partsOf(checkpoint, kind);
  const write = async (name: string, content: string | Uint8Array) => {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  };
  const json = (name: string, content: object) => write(name, JSON.stringify(content));
  const pipeline = kind === 'sdxl' ? 'StableDiffusionXLPipeline' : 'StableDiffusionPipeline';
  await json('model_index.json', { _class_name: pipeline, unet: ['diffusers', 'UNet2DConditionModel'] });
  await json('scheduler/scheduler_config.json', {
    ...{ beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012 },
    ...{ num_train_timesteps: 1000, prediction_type: 'epsilon' },
  });
  await json('text_encoder/config.json', { hidden_act: kind === 'sd2' ? 'gelu' : 'quick_gelu', num_attention_heads: heads });
  await json('unet/config.json', kind === 'sd1' ? { attention_head_dim: unetHeads } : {});
  await json('vae/config.json', kind === 'sdxl' ? { scaling_factor: 0.13025 } : {});
  for (const [part, tensors] of Object.entries(parts)) {
    const stem = part.startsWith('text') ? 'model' : 'diffusion_pytorch_model';
    if (part !== 'unet' || !pieces) {
      await write(`${part}/${stem}.safetensors`, safetensorsBytes(tensors));
      continue;
    }
    const names = Object.keys(tensors);
    const half = Math.ceil(names.length / 2);
    const map: Record<string, string> = {};
    for (const [at, some] of [names.slice(0, half), names.slice(half)].entries()) {
      const file = `${stem}-0000${at + 1}-of-00002.safetensors`;
      for (const name of some) map[name] = file;
      await write(`unet/${file}`, safetensorsBytes(Object.fromEntries(some.map((name) => [name, tensors[name]!]))));
    }
    await json(`unet/${stem}.safetensors.index.json`, { metadata: {}, weight_map: map });
  }
}

async function partsOf(checkpoint: string, kind: FolderKind): Promise<Record<string, Tensors>> {
  const weights = await openWeights(checkpoint);
  const parts: Record<string, Tensors> = { unet: {}, vae: {}, text_encoder: {}, ...(kind === 'sdxl' && { text_encoder_2: {} }) };
  for (const span of weights.spans()) {
    const data = new Uint8Array(span.byteLength);
    await weights.readInto(span, data, 0);
    const tensor = { dtype: span.dtype, shape: span.shape, data };
    for (const [part, prefix, place] of places) {
      if (!span.key.startsWith(prefix)) continue;
      Object.assign(parts[part]!, Object.fromEntries(place(span.key.slice(prefix.length), tensor)));
      break;
    }
  }
  await weights.close();
  // The last layer is not used, and left out by whoever converts SD 2.x.
  if (kind === 'sd2') {
    const names = Object.keys(parts.text_encoder!);
    const last = Math.max(...names.map((name) => Number(/\.layers\.(\d+)\./.exec(name)?.[1] ?? 0)));
    for (const name of names) if (name.includes(`.layers.${last}.`)) delete parts.text_encoder![name];
  }
  return parts;
}

type Place = (name: string, tensor: MadeTensor) => readonly (readonly [string, MadeTensor])[];
const places: readonly (readonly [part: string, prefix: string, place: Place])[] = [
  ['unet', 'model.diffusion_model.', (name, tensor) => [[unetName(name), tensor]]],
  ['vae', 'first_stage_model.', vaeTensor],
  ['text_encoder', 'cond_stage_model.transformer.', (name, tensor) => [[name, tensor]]],
  ['text_encoder', 'cond_stage_model.model.', openClipTensors],
  ['text_encoder', 'conditioner.embedders.0.transformer.', (name, tensor) => [[name, tensor]]],
  ['text_encoder_2', 'conditioner.embedders.1.model.', openClipTensors],
];

const renamed = (name: string, table: readonly (readonly [RegExp | string, string])[]): string =>
  table.reduce((text, [from, to]) => text.replace(from, to), name);

function unetName(name: string): string {
  const [, way, at, inner, rest] = /^(input|output)_blocks\.(\d+)\.(\d)\.(.+)$/.exec(name) ?? [];
  const residual: readonly (readonly [string, string])[] = [
    ['in_layers.0.', 'norm1.'],
    ['in_layers.2.', 'conv1.'],
    ['emb_layers.1.', 'time_emb_proj.'],
    ['out_layers.0.', 'norm2.'],
    ['out_layers.3.', 'conv2.'],
    ['skip_connection.', 'conv_shortcut.'],
  ];
  if (way === undefined || name.startsWith('input_blocks.0.')) {
    return renamed(name, [
      ['input_blocks.0.0.', 'conv_in.'],
      ['time_embed.0.', 'time_embedding.linear_1.'],
      ['time_embed.2.', 'time_embedding.linear_2.'],
      ['label_emb.0.0.', 'add_embedding.linear_1.'],
      ['label_emb.0.2.', 'add_embedding.linear_2.'],
      [/^out\.0\./, 'conv_norm_out.'],
      [/^out\.2\./, 'conv_out.'],
      ['middle_block.0.', 'mid_block.resnets.0.'],
      ['middle_block.1.', 'mid_block.attentions.0.'],
      ['middle_block.2.', 'mid_block.resnets.1.'],
      ...residual,
    ]);
  }
  const place = Number(at) - (way === 'input' ? 1 : 0);
  const [level, block] = [Math.floor(place / 3), place % 3];
  const home = `${way === 'input' ? 'down' : 'up'}_blocks.${level}`;
  if (way === 'input' && block === 2) return `${home}.downsamplers.0.${rest!.replace('op.', 'conv.')}`;
  if (rest!.startsWith('conv.')) return `${home}.upsamplers.0.${rest}`;
  return inner === '0' ? `${home}.resnets.${block}.${renamed(rest!, residual)}` : `${home}.attentions.${block}.${rest}`;
}

const levels = 4;

function vaeTensor(name: string, tensor: MadeTensor): readonly (readonly [string, MadeTensor])[] {
  const up = name.replace(/\.up\.(\d)\./, (_, level) => `.up_blocks.${levels - 1 - Number(level)}.`);
  const moved = renamed(up, [
    [/\.down\.(\d)\./, '.down_blocks.$1.'],
    [/\.block\.(\d)\./, '.resnets.$1.'],
    ['.downsample.', '.downsamplers.0.'],
    ['.upsample.', '.upsamplers.0.'],
    ['.mid.block_1.', '.mid_block.resnets.0.'],
    ['.mid.block_2.', '.mid_block.resnets.1.'],
    ['.nin_shortcut.', '.conv_shortcut.'],
    [/coder\.norm_out\./, 'coder.conv_norm_out.'],
    ['.mid.attn_1.norm.', '.mid_block.attentions.0.group_norm.'],
    ['.mid.attn_1.proj_out.', '.mid_block.attentions.0.to_out.0.'],
    [/\.mid\.attn_1\.([qkv])\./, '.mid_block.attentions.0.to_$1.'],
  ]);
  const isLinear = moved.includes('.attentions.0.to_') && tensor.shape.length === 4;
  return [[moved, isLinear ? { ...tensor, shape: tensor.shape.slice(0, 2) } : tensor]];
}

function openClipTensors(name: string, tensor: MadeTensor): readonly (readonly [string, MadeTensor])[] {
  const joined = /^transformer\.resblocks\.(\d+)\.attn\.in_proj_(weight|bias)$/.exec(name);
  if (joined) {
    const [rows = 0, ...rest] = tensor.shape;
    const third = tensor.data.length / 3;
    return ['q', 'k', 'v'].map((part, at) => [
      `text_model.encoder.layers.${joined[1]}.self_attn.${part}_proj.${joined[2]}`,
      { ...tensor, shape: [rows / 3, ...rest], data: tensor.data.subarray(at * third, (at + 1) * third) },
    ]);
  }
  if (name === 'logit_scale') return [];
  if (name === 'text_projection') return [['text_projection.weight', transposed(tensor)]];
  return [
    [
      renamed(`text_model.${name}`, [
        ['text_model.positional_embedding', 'text_model.embeddings.position_embedding.weight'],
        ['text_model.token_embedding.', 'text_model.embeddings.token_embedding.'],
        ['text_model.ln_final.', 'text_model.final_layer_norm.'],
        ['.transformer.resblocks.', '.encoder.layers.'],
        ['.attn.out_proj.', '.self_attn.out_proj.'],
        ['.ln_1.', '.layer_norm1.'],
        ['.ln_2.', '.layer_norm2.'],
        ['.c_fc.', '.fc1.'],
        ['.c_proj.', '.fc2.'],
      ]),
      tensor,
    ],
  ];
}

function transposed(tensor: MadeTensor): MadeTensor {
  const [rows = 0, columns = 0] = tensor.shape;
  const width = tensor.data.length / (rows * columns);
  const data = new Uint8Array(tensor.data.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const from = (row * columns + column) * width;
      data.set(tensor.data.subarray(from, from + width), (column * rows + row) * width);
    }
  return { ...tensor, shape: [columns, rows], data };
}
