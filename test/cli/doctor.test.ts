import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Desk } from './armature.js';

let desk: Desk;
beforeEach(async () => {
  desk = await Desk.open();
});
afterEach(() => desk.close());

async function write(name: string, text: string | Uint8Array): Promise<void> {
  await mkdir(dirname(desk.path(name)), { recursive: true });
  await writeFile(desk.path(name), text);
}

const doctor = async (...args: readonly string[]) => {
  const { code, stdout } = await desk.run(['doctor', '--json', ...args]);
  return { code, found: JSON.parse(stdout) as Record<string, never> };
};

it('finds nothing wrong on a fresh machine, and measures a picture', async () => {
  await write(
    'extensions/late/index.js',
    `import { defineExtension } from '@armature/sdk';
     export default defineExtension({ setup({ hooks }) { hooks.prompt.text.tap((text) => text); } });`,
  );
  const armature = { api: 1, id: 'you.late', engines: { armature: '^0.1' }, entry: './index.js' };
  await write('extensions/late/package.json', JSON.stringify({ version: '1.0.0', type: 'module', armature }));
  const { code, found } = await doctor('--profile', 'a red circle on a blue background');
  expect(found.problems).toEqual([]);
  expect(code).toBe(0);
  expect(found).toMatchObject({
    environment: { node: process.version, threads: expect.any(Number) },
    data: desk.path('data'),
    runtime: { version: expect.stringMatching(/^\d+\.\d+/), device: 'cpu', devices: expect.arrayContaining(['cpu']) },
    models: expect.arrayContaining([expect.objectContaining({ kind: 'checkpoint', files: 1, unreadable: [] })]),
    extensions: expect.arrayContaining([expect.objectContaining({ id: 'you.late', state: 'active', capabilities: [] })]),
    profile: {
      seconds: { total: expect.any(Number) },
      timings: expect.arrayContaining([expect.objectContaining({ extension: 'you.late', hook: 'prompt.text' })]),
    },
  });
  const { stdout } = await desk.run(['doctor']);
  expect(stdout).toMatch(/^armature +0\.1\.0\nnode +v/);
  expect(stdout).toMatch(/\nNothing is wrong\.\n$/);
});

it('tells everything that is wrong, not the first thing alone', async () => {
  await write(
    'armature.config.mjs',
    `export default { models: ['./models'], settings: { sd_vaee: 'x', CLIP_stop_at_last_layerz: 2 }, device: 'webgpu' };`,
  );
  await write('models/Stable-diffusion/broken.safetensors', new Uint8Array(20).fill(255));
  await write('models/Lora/empty.safetensors', '');
  await write('extensions/odd/package.json', '{"armature":{"api":7,"id":"you.odd"}}');
  await write('scripts/shy.js', '');
  const { code, found } = await doctor();
  const problems = found.problems as unknown as readonly { readonly code: string; readonly message: string }[];
  expect(problems.map((problem) => problem.code)).toEqual([
    'SETTING_UNKNOWN',
    'SETTING_UNKNOWN',
    expect.stringMatching(/^CKPT_/),
    'CKPT_EMPTY',
    'EXT_API_MISMATCH',
  ]);
  expect(code).toBe(2);
  expect(found.extensions).toMatchObject(expect.arrayContaining([expect.objectContaining({ id: 'script.shy', state: 'listed' })]));
  const { stdout } = await desk.run(['doctor']);
  expect(stdout).toMatch(/\n5 problems\nSETTING_UNKNOWN: There is no setting "sd_vaee"/);
});

it('tells what it can where no host can be opened', async () => {
  await write('armature.config.mjs', 'export default { threads: "many" };');
  const { code, found } = await doctor();
  expect(code).toBe(2);
  expect(found).toMatchObject({ environment: { node: process.version }, models: [], problems: [{ code: 'CONFIG_INVALID' }] });
});

it('names the embedded model once when the configuration names it as well', async () => {
  await write(
    'armature.config.ts',
    "import { tinyModelFolder } from '@armature/tiny-model';\nexport default { models: [tinyModelFolder] };\n",
  );
  const { code, found } = await doctor();
  expect(code).toBe(0);
  const kinds: readonly { readonly kind: string; readonly folders: readonly string[] }[] = found.models ?? [];
  expect(kinds.find(({ kind }) => kind === 'checkpoint')?.folders).toHaveLength(1);
});
