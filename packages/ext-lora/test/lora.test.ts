import { rm } from 'node:fs/promises';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import lora from '../src/index.js';
import { loraFolder, safetensors, smallLora } from './network-kit.js';

type Host = Awaited<ReturnType<typeof createTestHost>>;
type Request = Parameters<Host['txt2img']>[0];

const { name, version, armature } = manifest;
const layers = { te: [64, 64], unet: [64, 64] } as const;
const request = { seed: 5, steps: 3, width: 64, height: 64 };

describe('networks in prompts', () => {
  let host: Host;
  let folder: Awaited<ReturnType<typeof loraFolder>>;
  const warnings: string[] = [];
  const note = (message: string): void => {
    warnings.push(message);
  };
  beforeAll(async () => {
    folder = await loraFolder();
    await folder.put(
      'one.safetensors',
      safetensors(smallLora(layers, 0.4), { ss_output_name: 'written', sshs_model_hash: 'ab'.repeat(32) }),
    );
    await folder.put('two.safetensors', safetensors(smallLora(layers, -0.3)));
    host = await createTestHost({
      models: [tinyModelFolder, folder.root],
      extensions: [{ manifest: { name, version, ...armature } as never, definition: lora }],
      log: { debug() {}, info() {}, warn: note, error: note },
    });
  });
  beforeEach(() => {
    warnings.length = 0;
  });
  afterAll(async () => {
    await host?.dispose();
    await rm(folder.root, { recursive: true, force: true });
  });

  const make = async (prompt: string, more: Partial<Request> = {}) => {
    const { images, faults } = await host.txt2img({ ...request, prompt, ...more });
    return { pixels: Buffer.from(images[0]?.image.toBytes() ?? []).toString('base64'), infotext: images[0]?.infotext ?? '', faults };
  };
  const plain = (): Promise<{ readonly pixels: string }> => make('a red circle');

  it('change the picture, alone and together, and leave the next one as it was', async () => {
    const before = await plain();
    const one = await make('a red circle<lora:one:1>');
    const two = await make('a red circle<lora:two:1>');
    const both = await make('a red circle<lora:one:1><lora:two:1>');
    expect(new Set([before, one, two, both].map(({ pixels }) => pixels)).size).toBe(4);
    expect((await plain()).pixels).toBe(before.pixels);
    expect((await make('a red circle<lora:one:0>')).pixels).toBe(before.pixels);
  });

  it('are those of their own job, also where jobs wait for each other', async () => {
    const prompts = ['a red circle<lora:one:1>', 'a red circle<lora:two:0.5>', 'a red circle'];
    const alone: string[] = [];
    for (const prompt of prompts) alone.push((await make(prompt)).pixels);
    const queued = await Promise.all(prompts.map((prompt) => make(prompt)));
    expect(queued.map(({ pixels }) => pixels)).toEqual(alone);
  });

  it('take strengths by place and by name, lyco is lora, and the name inside a file names it too', async () => {
    const { pixels } = await make('a red circle<lora:one:0.2:0.9>');
    for (const tag of ['<lora:one:te=0.2:unet=0.9>', '<lyco:one:0.2:0.9>', '<lora:written:0.2:0.9>', '<lora:one:5:5:te=0.2:unet=0.9>'])
      expect((await make(`a red circle${tag}`)).pixels, tag).toBe(pixels);
    expect((await make('a red circle<lora:one:0.9:0.2>')).pixels).not.toBe(pixels);
    expect((await make('a red circle<lora:one:1:1:1>')).pixels).not.toBe((await make('a red circle<lora:one:1:1:2>')).pixels);
  });

  it('take a strength for each block', async () => {
    const list = (count: number, of: (at: number) => number): string => Array.from({ length: count }, (_, at) => of(at)).join(',');
    const { pixels } = await make('a red circle<lora:one:1>');
    for (const count of [17, 26]) expect((await make(`a red circle<lora:one:1:lbw=${list(count, () => 1)}>`)).pixels).toBe(pixels);
    const base = await make(`a red circle<lora:one:1:lbw=${list(26, (at) => (at === 0 ? 1 : 0))}>`);
    expect(base.pixels).toBe((await make('a red circle<lora:one:1:0>')).pixels);
    expect((await make('a red circle<lora:one:1:lbw=1,2>')).faults).toMatchObject([
      { message: expect.stringContaining('26 or 17 numbers') },
    ]);
  });

  it('stand in the parameters with their hashes, unless a setting turns that off', async () => {
    const { infotext } = await make('a red circle<lora:one:1><lora:two:1>');
    expect(infotext).toMatch(/, Lora hashes: "one: abababababab, two: [0-9a-f]{12}", Version/);
    const quiet = await make('a red circle<lora:one:1>', { settings: { lora_add_hashes_to_infotext: false } });
    expect(quiet.infotext).not.toContain('Lora hashes');
  });

  it('are found without a restart, and read anew once their file is another', async () => {
    await folder.put('late.safetensors', safetensors(smallLora(layers, 0.4)));
    const first = await make('a red circle<lora:late:1>');
    expect(first.pixels).toBe((await make('a red circle<lora:one:1>')).pixels);
    await folder.put('late.safetensors', safetensors(smallLora(layers, -0.3), { changed: 'yes' }));
    expect((await make('a red circle<lora:late:1>')).pixels).toBe((await make('a red circle<lora:two:1>')).pixels);
  });

  it('are left out and told where there is no such file; a name is no path', async () => {
    const { pixels } = await plain();
    for (const missing of ['nowhere', '../Lora/one', '/etc/passwd', '..\\one', 'one.safetensors', 'none', '']) {
      warnings.length = 0;
      expect((await make(`a red circle<lora:${missing}:1>`)).pixels, missing).toBe(pixels);
      expect(warnings.join('\n'), missing).toContain(`Lora not found: ${missing}`);
    }
  });

  it('are a fault of the job where a strength is no number', async () => {
    const { faults, infotext, pixels } = await make('a red circle<lora:one:much>');
    expect(faults).toMatchObject([{ extension: 'armature.lora', hook: 'promptTag lora' }]);
    expect(infotext).toContain('Skipped: armature.lora (promptTag lora)');
    expect(pixels).toBe((await plain()).pixels);
  });

  it('take any strength that is a number', async () => {
    expect((await make('a red circle<lora:one:-3>')).pixels).not.toBe((await plain()).pixels);
    const huge = await make('a red circle<lora:one:1e9>').catch((error: { code: string }) => error.code);
    expect(typeof huge === 'string' ? huge : huge.faults).toEqual(typeof huge === 'string' ? 'GRAPH_NAN' : []);
    const { pixels } = await plain();
    expect(pixels).toBe((await plain()).pixels);
  });

  const whole = Buffer.from(safetensors(smallLora(layers, 0.4)));
  const broken: Readonly<Record<string, Uint8Array>> = {
    empty: new Uint8Array(),
    garbage: Buffer.from('this is no network'),
    truncated: whole.subarray(0, whole.length - 40),
    'nan weights': safetensors(smallLora(layers, Number.NaN)),
    'other model': safetensors(smallLora({ te: [96, 96], unet: [640, 2048] }, 0.4)),
    'rank mismatch': safetensors({
      'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_v.lora_up.weight': { shape: [64, 3], values: Array(192).fill(1) },
      'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_v.lora_down.weight': {
        shape: [2, 64],
        values: Array(128).fill(1),
      },
    }),
    'other layers': safetensors({ 'lora_unet_input_blocks_99_1_proj_in.diff': { shape: [2, 2], values: [1, 2, 3, 4] } }),
    'no network': safetensors({ 'first_stage_model.decoder.conv_in.weight': { shape: [1], values: [1] } }),
  };
  it.each(Object.keys(broken))('leave the picture as it is and are named in the log: %s', async (kind) => {
    await folder.put(`${kind}.safetensors`, broken[kind] as Uint8Array);
    const { pixels } = await plain();
    warnings.length = 0;
    const made = await make(`a red circle<lora:${kind}:1>`);
    expect(made.faults).toEqual([]);
    expect(made.pixels).toBe(pixels);
    const told = warnings.join('\n');
    expect(told).toContain(`LoRA ${kind}`);
    // Also where the session is there already.
    warnings.length = 0;
    await make(`a red circle<lora:${kind}:1>`);
    expect(warnings.join('\n')).toBe(told);
  });

  it('that two files call themselves are not guessed', async () => {
    await folder.put('twin-a.safetensors', safetensors(smallLora(layers, 0.4), { ss_output_name: 'twin' }));
    await folder.put('twin-b.safetensors', safetensors(smallLora(layers, 0.1), { ss_output_name: 'twin' }));
    expect((await make('a red circle<lora:twin:1>')).pixels).toBe((await plain()).pixels);
    expect(warnings.join('\n')).toContain('2 files are called twin inside');
  });

  it('a setting names are in every prompt that does not name them itself', async () => {
    const settings = { sd_lora: 'one', extra_networks_default_multiplier: 0.5 };
    const chosen = await make('a red circle', { settings });
    expect(chosen.infotext).toContain('a red circle<lora:one:0.5>');
    expect(chosen.pixels).toBe((await make('a red circle<lora:one:0.5>')).pixels);
    expect((await make('a red circle<lora:one:1>', { settings })).infotext).toContain('a red circle<lora:one:1>\n');
    expect((await make('a red circle', { settings: { sd_lora: 'nowhere' } })).infotext).not.toContain('<lora');
  });
});
