import { rm } from 'node:fs/promises';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import hypernetwork from '../src/index.js';
import { filled, hypernetworkFolder, safetensors, twoLayers } from './hypernetwork-kit.js';

type Host = Awaited<ReturnType<typeof createTestHost>>;

const { name, version, armature } = manifest;
const request = { seed: 5, steps: 3, width: 64, height: 64 };
/** Of what cross-attention looks at in the tiny model. */
const width = 64;

describe('hypernetworks in prompts', () => {
  let host: Host;
  let folder: Awaited<ReturnType<typeof hypernetworkFolder>>;
  const warnings: string[] = [];
  beforeAll(async () => {
    folder = await hypernetworkFolder();
    await folder.put('one.safetensors', safetensors(twoLayers(width, 0.5)));
    await folder.put('two.safetensors', safetensors(twoLayers(width, -0.4), { activation_func: 'relu' }));
    const note = (message: string): void => void warnings.push(message);
    host = await createTestHost({
      models: [tinyModelFolder, folder.root],
      extensions: [{ manifest: { name, version, ...armature } as never, definition: hypernetwork }],
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

  const make = async (prompt: string) => {
    const { images, faults } = await host.txt2img({ ...request, prompt });
    const pixels = Buffer.from(images[0]?.image.toBytes() ?? []).toString('base64');
    return { pixels, infotext: images[0]?.infotext ?? '', faults };
  };
  const plain = async (): Promise<string> => (await make('a red circle')).pixels;

  it('change the picture, alone, together and by strength, and leave the next one as it was', async () => {
    const before = await plain();
    const prompts = ['<hypernet:one>', '<hypernet:one:0.5>', '<hypernet:one:-3>', '<hypernet:two:1>', '<hypernet:one><hypernet:two>'];
    const made: string[] = [];
    for (const tags of prompts) {
      const { pixels, faults, infotext } = await make(`a red circle${tags}`);
      expect(faults).toEqual([]);
      expect(infotext).toContain(tags);
      made.push(pixels);
    }
    expect(new Set([before, ...made]).size).toBe(prompts.length + 1);
    expect(await plain()).toBe(before);
    expect((await make('a red circle<hypernet:one:0>')).pixels).toBe(before);
  });

  it('act at a strength beyond reason too, and leave the next one as it was', async () => {
    const before = await plain();
    const { pixels, faults } = await make('a red circle<hypernet:one:1e9>');
    expect(faults).toEqual([]);
    expect(pixels).not.toBe(before);
    expect(await plain()).toBe(before);
  });

  it('are those of their own job, also where jobs wait for each other', async () => {
    const [one, two] = [await make('a red circle<hypernet:one:1>'), await make('a red circle<hypernet:two:1>')];
    const [first, second] = await Promise.all([make('a red circle<hypernet:one:1>'), make('a red circle<hypernet:two:1>')]);
    expect([first?.pixels, second?.pixels]).toEqual([one.pixels, two.pixels]);
  });

  it('may be put there, and replaced, while the host runs', async () => {
    const before = await plain();
    expect((await make('a red circle<hypernet:late:1>')).pixels).toBe(before);
    expect(warnings.join()).toContain('There is no hypernetwork "late"');
    await folder.put('late.safetensors', safetensors(twoLayers(width, 0.5)));
    const late = await make('a red circle<hypernet:late:1>');
    expect(late.pixels).toBe((await make('a red circle<hypernet:one:1>')).pixels);
    await folder.put('late.safetensors', safetensors({ ...twoLayers(width, -0.4), ...twoLayers(7, 1) }, { activation_func: 'relu' }));
    expect((await make('a red circle<hypernet:late:1>')).pixels).toBe((await make('a red circle<hypernet:two:1>')).pixels);
  });

  it.each(['../hypernetworks/one', '/etc/passwd', 'ONE', '', 'one.safetensors', '..'])('does not find %j', async (wanted) => {
    const { pixels, faults } = await make(`a red circle<hypernet:${wanted}:1>`);
    expect(faults).toEqual([]);
    expect(pixels).toBe(await plain());
  });

  const broken: readonly (readonly [why: string, bytes: Uint8Array, code: string, problem: string])[] = [
    ['an empty file', new Uint8Array(), 'HYPERNET_UNFIT', 'it is empty'],
    ['a file that ends early', safetensors(twoLayers(width, 1)).subarray(0, 4000), 'CKPT_TRUNCATED', ''],
    ['a pickle that is none', Buffer.from('\x80\x02garbage', 'latin1'), 'CKPT_', ''],
    ['another kind of file', safetensors({ 'a.weight': filled([2], 1) }), 'HYPERNET_UNFIT', 'no layers'],
    ['values that are no numbers', safetensors({ ...twoLayers(width, 1), ...nan() }), 'HYPERNET_UNFIT', 'holds NaN'],
    ['another model', safetensors(twoLayers(48, 1)), 'HYPERNET_UNFIT', 'it is for widths 48'],
    [
      'layers that do not follow each other',
      safetensors({ ...twoLayers(width, 1), [`${width}.0.linear.1.weight`]: filled([width, 3], 1) }),
      'HYPERNET_UNFIT',
      'do not follow',
    ],
    ['an activation nobody knows', safetensors(twoLayers(width, 1), { activation_func: 'magic' }), 'HYPERNET_UNFIT', '"magic"'],
    ['strange parts', safetensors({ ...twoLayers(width, 1), [`${width}.0.other.weight`]: filled([2], 1) }), 'HYPERNET_UNFIT', 'no part'],
  ];
  it.each(broken)('tells of %s, and makes the picture without it', async (_, bytes, code, problem) => {
    await folder.put('broken.safetensors', bytes);
    const { pixels, faults } = await make('a red circle<hypernet:broken:1>');
    expect(faults.map(({ code, cause }) => (code === 'EXT_TAP_THREW' ? (cause as { code: string }).code : code))).toEqual([
      expect.stringContaining(code),
    ]);
    expect(faults[0]?.message).toContain(problem);
    expect(pixels).toBe(await plain());
  });

  it.each(['nan', 'strong', '', '1e39'])('refuses the strength %j', async (strength) => {
    const { faults } = await make(`a red circle<hypernet:one:${strength}>`);
    expect(faults[0]?.message).toContain('the strength in <hypernet:one:…> is a number');
  });
});

function nan(): Record<string, { shape: readonly number[]; values: readonly number[] }> {
  return { [`${width}.1.linear.0.bias`]: { shape: [2 * width], values: new Array<number>(2 * width).fill(Number.NaN) } };
}
