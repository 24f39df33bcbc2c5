import { Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import controlnet from '../src/index.js';
import { baseModels, controlFolder, controlNet, filled, safetensors } from './control-kit.js';

type Host = Awaited<ReturnType<typeof createTestHost>>;
type Unit = Readonly<Record<string, unknown>>;
type Result = Awaited<ReturnType<Host['txt2img']>>;

const id = 'armature.controlnet';
const { name, version, armature } = manifest;
const request = { prompt: 'a red circle', seed: 1, steps: 2, width: 64, height: 64, model: 'tiny-random-sd1' };
const flat = (width: number, height: number, channels: 1 | 3 = 3): Raster =>
  new Raster(new Uint8Array(width * height * channels).fill(120), { width, height, channels });
const unit: Unit = { enabled: true, module: 'none', model: 'good', image: flat(64, 64) };

let host: Host;
let folder: Awaited<ReturnType<typeof controlFolder>>;
let plain: Result;
const run = (units: readonly Unit[]): Promise<Result> => host.txt2img({ ...request, extensions: { [id]: { units } } });
const bytesOf = ({ images }: Result): Uint8Array => images[0]!.image.toBytes();
/** Codes of what the faults were caused by. */
const codes = ({ faults }: Result): readonly (string | undefined)[] => faults.map(({ cause }) => (cause as { code?: string }).code);

beforeAll(async () => {
  folder = await controlFolder();
  const good = safetensors(controlNet(0.05));
  const foreign = controlNet(0.05);
  for (const [key, { shape }] of foreign) if (/attn2\.to_[kv]\.weight/.test(key)) foreign.set(key, filled([shape[0]!, 2048], 0.1));
  await Promise.all([
    folder.put('good.safetensors', good),
    folder.put('cut.safetensors', good.subarray(0, good.length / 2)),
    folder.put('numberless.safetensors', safetensors(controlNet(Number.NaN))),
    folder.put('endless.safetensors', safetensors(controlNet(Number.POSITIVE_INFINITY))),
    folder.put('other-family.safetensors', safetensors(foreign)),
    folder.put('lora.safetensors', safetensors(new Map([['lora_unet_x.lora_up.weight', filled([4, 4], 1)]]))),
  ]);
  host = await createTestHost({
    models: [baseModels, folder.root],
    extensions: [{ manifest: { name, version, ...armature } as never, definition: controlnet }],
  });
  plain = await host.txt2img(request);
});
afterAll(async () => {
  await host?.dispose();
  await folder?.remove();
});

describe('a unit that can be used', () => {
  it('changes the picture without a fault', async () => {
    const guided = await run([unit]);
    expect(guided.faults).toEqual([]);
    expect(bytesOf(guided)).not.toEqual(bytesOf(plain));
  });
});

describe('a unit that cannot be used is a fault; the picture is made without control', () => {
  const emptyPng = Buffer.from('89504e470d0a1a0a0000000d4948445200000000000000000802000000', 'hex').toString('base64');
  it.each<[string, Unit, string, RegExp]>([
    ['no picture', { image: null }, 'CONTROL_UNFIT', /unit 0 .* no picture/],
    ['a picture that is not base64', { image: '!' }, 'CONTROL_UNFIT', /not base64/],
    ['a picture of 0×0 pixels', { image: emptyPng }, 'CONTROL_UNFIT', /cannot be read/],
    ['a picture that is too long', { image: flat(8200, 2) }, 'CONTROL_UNFIT', /8200×2 .* 8192/],
    ['a mask of another size', { module: 'inpaint', mask: flat(32, 48) }, 'CONTROL_UNFIT', /32×48 .* 64×64/],
    ['a grey region mask', { effective_region_mask: flat(64, 64, 1) }, 'CONTROL_UNFIT', /grey; save it as RGB/],
    ['a model that is not there', { model: 'no-such' }, 'MODEL_NOT_FOUND', /no-such/],
    ['a truncated model', { model: 'cut' }, 'CKPT_TRUNCATED', /cut\.safetensors/],
    ['a file that is no control model', { model: 'lora' }, 'CONTROL_MODEL_UNKNOWN', /lora\.safetensors/],
    ['a model for another family', { model: 'other-family' }, 'CONTROL_UNFIT', /2048/],
    ['residuals that are no numbers', { model: 'numberless' }, 'CONTROL_NAN', /unit 0: .*numberless\.safetensors/],
    ['residuals without end', { model: 'endless' }, 'CONTROL_NAN', /endless\.safetensors/],
  ])('%s', async (_, change, code, message) => {
    const result = await run([{ ...unit, ...change }]);
    expect(codes(result)).toEqual([code]);
    expect(result.faults[0]?.message).toMatch(message);
    expect(result.faults[0]?.extension).toBe(id);
    expect(result.images[0]?.infotext).toContain(`Skipped: ${id}`);
    expect(bytesOf(result)).toEqual(bytesOf(plain));
  });
});

describe('a unit that says what cannot be refuses the request', () => {
  it.each<[string, Unit, RegExp]>([
    ['an unknown module', { module: 'cannny' }, /module\(cannny\) not found/],
    ['guidance that ends before it starts', { guidance_start: 0.8, guidance_end: 0.2 }, /guidance_start 0.8 is behind guidance_end 0.2/],
    ['a weight above 2', { weight: 2.5 }, /weight/],
    ['a resize mode by number', { resize_mode: 1 }, /resize_mode/],
  ])('%s', async (_, change, message) => {
    const refused = run([{ ...unit, ...change }]);
    await expect(refused).rejects.toMatchObject({ status: 422 });
    await expect(refused).rejects.toThrow(message);
  });
});

describe('many units', () => {
  it('of twenty the first ten count, and a fault tells of the others', async () => {
    const ten = await run(new Array(10).fill(unit));
    const twenty = await run(new Array(20).fill(unit));
    expect(ten.faults).toEqual([]);
    expect(codes(twenty)).toEqual(['CONTROL_UNITS']);
    expect(twenty.faults[0]?.message).toMatch(/at most 10 .* of 20/);
    expect(bytesOf(twenty)).toEqual(bytesOf(ten));
    expect(twenty.images[0]?.infotext).toContain('ControlNet 9: ');
    expect(twenty.images[0]?.infotext).not.toContain('ControlNet 10: ');
  });

  it('those that are not enabled are not missed', async () => {
    expect((await run([unit, ...new Array(19).fill({ ...unit, enabled: false })])).faults).toEqual([]);
  });
});

describe('large pictures', () => {
  it('8,000×8,000 pixels are made small and used', async () => {
    const result = await run([{ ...unit, module: 'canny', image: flat(8000, 8000, 1) }]);
    expect(result.faults).toEqual([]);
    expect(bytesOf(result)).not.toEqual(bytesOf(plain));
  });
});
