import { compvisName } from './compvis-name.js';
import { findModule } from './find-module.js';
import type { ModelModule } from './model-modules.js';

/** A family of checkpoints that networks are made for, by the names of its modules. */
export interface LoraFamily {
  readonly name: string;
  /** Width of what its UNet's cross-attention looks at. */
  readonly context: number;
  readonly modules: ReadonlyMap<string, ModelModule>;
  /** Its text encoder is OpenCLIP's alone. */
  readonly isSd2: boolean;
}

interface UnetPlan {
  /** Transformer blocks by level, from the highest resolution down, and in the middle. */
  readonly depths: readonly number[];
  readonly middle: number;
  readonly label: boolean;
}

const range = (count: number): readonly number[] => [...Array(count).keys()];
const resnet = (at: string, skip: boolean): readonly string[] =>
  ['in_layers_0', 'in_layers_2', 'emb_layers_1', 'out_layers_0', 'out_layers_3', ...(skip ? ['skip_connection'] : [])].map(
    (part) => `${at}_${part}`,
  );
const blockParts = [
  ...['attn1', 'attn2'].flatMap((attention) => ['to_q', 'to_k', 'to_v', 'to_out_0'].map((part) => `${attention}_${part}`)),
  ...['ff_net_0_proj', 'ff_net_2', 'norm1', 'norm2', 'norm3'],
];
const transformer = (at: string, depth: number): readonly string[] =>
  depth === 0
    ? []
    : [
        ...['norm', 'proj_in', 'proj_out'].map((part) => `${at}_${part}`),
        ...range(depth).flatMap((block) => blockParts.map((part) => `${at}_transformer_blocks_${block}_${part}`)),
      ];

/** The UNet's linear layers, convolutions and norms in CompVis names (`openaimodel.py`; two resnets a level). */
function unetNames({ depths, middle, label }: UnetPlan): readonly string[] {
  const names = [
    'time_embed_0',
    'time_embed_2',
    'input_blocks_0_0',
    'out_0',
    'out_2',
    ...(label ? ['label_emb_0_0', 'label_emb_0_2'] : []),
  ];
  let at = 1;
  for (const [level, depth] of depths.entries()) {
    for (const block of range(2)) {
      const widens = block === 0 && level > 0 && level < 3;
      names.push(...resnet(`input_blocks_${at}_0`, widens), ...transformer(`input_blocks_${at}_1`, depth));
      at++;
    }
    if (level < depths.length - 1) names.push(`input_blocks_${at++}_0_op`);
  }
  names.push(...resnet('middle_block_0', false), ...transformer('middle_block_1', middle), ...resnet('middle_block_2', false));
  at = 0;
  for (const [level, depth] of [...depths.entries()].reverse()) {
    for (const block of range(3)) {
      names.push(...resnet(`output_blocks_${at}_0`, true), ...transformer(`output_blocks_${at}_1`, depth));
      if (block === 2 && level > 0) names.push(`output_blocks_${at}_${depth > 0 ? 2 : 1}_conv`);
      at++;
    }
  }
  return names.map((name) => `diffusion_model_${name}`);
}

const clipParts = ['q', 'k', 'v', 'out'].map((part) => `self_attn_${part}_proj`).concat('mlp_fc1', 'mlp_fc2', 'layer_norm1', 'layer_norm2');
const clip = (before: string): readonly string[] => [
  ...range(12).flatMap((layer) => clipParts.map((part) => `${before}transformer_text_model_encoder_layers_${layer}_${part}`)),
  `${before}transformer_text_model_final_layer_norm`,
];
const openClip = (before: string, layers: number): readonly string[] => [
  ...range(layers).flatMap((layer) =>
    ['attn', 'attn_out_proj', 'mlp_c_fc', 'mlp_c_proj', 'ln_1', 'ln_2'].map(
      (part) => `${before}model_transformer_resblocks_${layer}_${part}`,
    ),
  ),
  `${before}model_ln_final`,
];

/** OpenCLIP keeps queries, keys and values in one matrix. */
const moduleOf = (name: string): ModelModule => ({
  name,
  weight: /resblocks_\d+_attn$/.test(name) ? `${name}.in_proj_weight` : `${name}.weight`,
  bias: undefined,
});
const familyOf = (name: string, context: number, names: readonly string[], isSd2 = false): LoraFamily => ({
  name,
  context,
  isSd2,
  modules: new Map(names.map((module) => [module, moduleOf(module)])),
});

const plain: UnetPlan = { depths: [1, 1, 1, 0], middle: 1, label: false };

/** Stable Diffusion 1.x, 2.x and XL. SD 2's UNet has the names of SD 1's and other widths. */
export const loraFamilies: readonly LoraFamily[] = [
  familyOf('SD 1.x', 768, [...unetNames(plain), ...clip('')]),
  familyOf('SD 2.x', 1024, [...unetNames(plain), ...openClip('', 24)], true),
  familyOf('SDXL', 2048, [...unetNames({ depths: [0, 2, 10], middle: 10, label: true }), ...clip('0_'), ...openClip('1_', 32)]),
];

/** The module of a family that a file means by a name. */
export const familyModule = ({ modules, isSd2 }: LoraFamily, fileName: string): ModelModule | undefined =>
  findModule(modules, compvisName(fileName, isSd2), fileName);
