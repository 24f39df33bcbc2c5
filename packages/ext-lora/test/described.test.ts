import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import lora from '../src/index.js';
import { loraFolder, safetensors, smallLora, type WrittenTensor } from './network-kit.js';

type Host = Awaited<ReturnType<typeof createTestHost>>;
type ModelFileReport = Awaited<ReturnType<Host['describeModel']>>;

const { name, version, armature } = manifest;
const ones = (...shape: readonly number[]): WrittenTensor => ({
  shape,
  values: Array.from({ length: shape.reduce((product, side) => product * side, 1) }, () => 1),
});
const pair = (module: string, [out, inner]: readonly [number, number], rank = 2): Record<string, WrittenTensor> => ({
  [`${module}.lora_up.weight`]: ones(out, rank),
  [`${module}.lora_down.weight`]: ones(rank, inner),
});

describe('what files of networks are said to hold', () => {
  let host: Host;
  let folder: Awaited<ReturnType<typeof loraFolder>>;
  beforeAll(async () => {
    folder = await loraFolder();
    host = await createTestHost({
      models: [tinyModelFolder, folder.root],
      extensions: [{ manifest: { name, version, ...armature } as never, definition: lora }],
    });
  });
  afterAll(async () => {
    await host?.dispose();
    await rm(folder.root, { recursive: true, force: true });
  });
  const described = async (file: string, bytes: Uint8Array): Promise<ModelFileReport> => {
    await folder.put(file, bytes);
    await host.refresh('lora');
    return host.describeModel(file, { kind: 'lora' });
  };

  it('kinds, ranks, words, words inside, pictures beside and hashes', async () => {
    const unet = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0';
    const bytes = safetensors(
      {
        ...pair(`${unet}_attn2_to_k`, [320, 768], 4),
        ...pair(`${unet}_attn1_to_q`, [320, 320], 8),
        'lora_te_text_model_encoder_layers_0_mlp_fc1.hada_w1_a': ones(3072, 4),
        'lora_te_text_model_encoder_layers_0_mlp_fc1.hada_w1_b': ones(4, 768),
        'lora_te_text_model_encoder_layers_0_mlp_fc1.hada_w2_a': ones(3072, 4),
        'lora_te_text_model_encoder_layers_0_mlp_fc1.hada_w2_b': ones(4, 768),
        'bundle_emb.my-word.string_to_param.*': ones(2, 768),
      },
      {
        ss_output_name: 'painted',
        ss_sd_model_name: 'v1-5.safetensors',
        ss_tag_frequency: JSON.stringify({ '10_one': { 'a hill': 3, 'a tree ': 5 }, '2_two': { 'a hill': 4 } }),
        'modelspec.trigger_phrase': 'painted style, a hill',
      },
    );
    await folder.put('many.preview.png', new Uint8Array([1]));
    const report = await described('many.safetensors', bytes);
    expect(report).toMatchObject({
      kind: 'lora',
      name: 'many',
      format: 'LyCORIS network (lora, loha)',
      base: 'SD 1.x',
      triggers: [{ word: 'painted style' }, { word: 'a hill', count: 7 }, { word: 'a tree', count: 5 }],
      facts: {
        alias: 'painted',
        kinds: ['lora 2', 'loha 1'],
        ranks: ['4 (2 modules)', '8 (1 modules)'],
        modules: '2 of the UNet, 1 of text encoders',
        matched: '3 of 3 modules are those of SD 1.x',
        'embeddings inside': ['my-word'],
        'trained on': 'v1-5.safetensors',
      },
      metadata: { ss_output_name: 'painted', 'modelspec.trigger_phrase': 'painted style, a hill' },
      preview: join(folder.root, 'Lora', 'many.preview.png'),
      hashes: undefined,
      problems: [],
    });
    const { hashes } = await host.describeModel('many', { hashes: true });
    expect(hashes).toEqual({
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      autoV2: hashes?.sha256.slice(0, 10),
      tensors: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  const block = 'lora_unet_input_blocks_4_1_transformer_blocks_1';
  it.each<[string, Record<string, WrittenTensor>, Record<string, string>, string | undefined]>([
    [
      'by the width of cross-attention',
      pair('lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_v', [1280, 1024]),
      {},
      'SD 2.x',
    ],
    ['by names that only one family has', pair(`${block}_attn1_to_q`, [640, 640]), {}, 'SDXL'],
    ['by its second text encoder', pair('lora_te2_text_model_encoder_layers_31_mlp_fc1', [5120, 1280]), {}, 'SDXL'],
    ['by what is written into it', pair('lora_unet_conv_in', [320, 4]), { ss_v2: 'True' }, 'SD 2.x'],
    ['not at all where several fit', pair('lora_unet_time_embedding_linear_1', [8, 4]), {}, 'SD 1.x, SD 2.x or SDXL'],
    ['never against its names', pair(`${block}_attn1_to_q`, [640, 640]), { ss_base_model_version: 'sd_v1' }, 'SDXL'],
  ])('the family is told %s', async (_, tensors, metadata, base) => {
    expect((await described('family.safetensors', safetensors(tensors, metadata))).base).toBe(base);
  });

  it.each<[string, Record<string, WrittenTensor>, RegExp]>([
    [
      'ranks that differ',
      { 'lora_unet_conv_in.lora_up.weight': ones(4, 3), 'lora_unet_conv_in.lora_down.weight': ones(2, 4) },
      /\[4,3\] and .* \[2,4\] have different ranks/,
    ],
    [
      'a module nobody has',
      pair('lora_unet_input_blocks_99_1_proj_in', [4, 4]),
      /1 of 1 modules are not in SD 1.x, SD 2.x or SDXL: lora_unet_input_blocks_99/,
    ],
    ['another architecture', pair('lora_unet_double_blocks_0_img_attn_proj', [4, 4]), /1 of 1 modules are not in/],
    [
      'parts of no known kind',
      { ...pair('lora_unet_conv_in', [4, 4]), 'lora_unet_conv_out.mystery': ones(2) },
      /1 of 2 modules are of no known kind: lora_unet_conv_out/,
    ],
    ['an empty tensor', { 'lora_unet_conv_in.diff': ones(0, 4) }, /diff is empty, \[0,4\]/],
    [
      'values that are none',
      { 'lora_unet_conv_in.diff': { shape: [2], values: [1, Number.NaN] } },
      /holds values that are no numbers: 1 of 1 tensors/,
    ],
    [
      'a file of another kind',
      { 'first_stage_model.decoder.up.0.block.0.conv1.weight': ones(2) },
      /is no file of kind lora: it looks like a VAE/,
    ],
  ])('%s are named', async (_, tensors, problem) => {
    const { problems } = await described('wrong.safetensors', safetensors(tensors));
    expect(problems.map(({ message }) => message).join('\n')).toMatch(problem);
  });

  it('a name that another file has too is told, and an alias of several names none', async () => {
    await folder.put('twins-a.safetensors', safetensors(smallLora({ te: [64, 64], unet: [64, 64] }, 1), { ss_output_name: 'same' }));
    const twin = await described('twins-b.safetensors', safetensors(pair('lora_unet_conv_in', [4, 4]), { ss_output_name: 'same' }));
    expect(twin.facts.alias).toBe('same (of several files, so it names none)');
    await folder.put('twins-b.pt', safetensors(pair('lora_unet_conv_in', [4, 4])));
    await host.refresh('lora');
    const [first, second] = ['twins-b.pt', 'twins-b.safetensors'].map((file) => join(folder.root, 'Lora', file)) as [string, string];
    expect((await host.describeModel(second)).problems).toEqual([]);
    expect((await host.describeModel(first)).problems).toMatchObject([
      { code: 'LORA_UNFIT', message: expect.stringContaining(`${second} has the same name and counts in its place`) },
    ]);
  });

  it('a file that lies elsewhere is known by what it holds; a name of several kinds asks for the kind', async () => {
    const other = await loraFolder();
    try {
      await other.put('far.safetensors', safetensors(pair('lora_unet_conv_in', [4, 4])));
      expect(await host.describeModel(join(other.root, 'Lora', 'far.safetensors'))).toMatchObject({ kind: 'lora', problems: [] });
      await folder.put('tiny-sd1.safetensors', safetensors(pair('lora_unet_conv_in', [4, 4])));
      await host.refresh();
      await expect(host.describeModel('tiny-sd1')).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
        message: expect.stringContaining('add the kind'),
      });
      expect((await host.describeModel('tiny-sd1', { kind: 'lora' })).kind).toBe('lora');
      expect(await host.describeModel('tiny-sd1', { kind: 'checkpoint' })).toMatchObject({ base: 'SD 1.x', problems: [] });
      await expect(host.describeModel('nowhere')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
      await expect(host.describeModel('many', { kind: 'nothing' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    } finally {
      await rm(other.root, { recursive: true, force: true });
    }
  });
});
