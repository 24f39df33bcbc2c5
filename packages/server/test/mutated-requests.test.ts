import { readFileSync } from 'node:fs';
import type { Server } from '@armature/server';
import { expect, it } from 'vitest';
import { Seeded } from '../../../test/server/seeded.js';
import { withoutFolders } from '../src/guard/without-folders.js';
import { generationSchemas } from '../src/sdapi/generation-fields.js';
import { open } from './small-server.js';

const picture = readFileSync(new URL('../../../test/fidelity/inputs/init_64x64.png', import.meta.url)).toString('base64');

/** Values that some field of some client has had, and worse. */
const values: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 2.5, 63, 65, 1e20, 1e308, -1e308, 2 ** 53 + 2],
  ...[
    '',
    'x',
    '64',
    '-1',
    '1e9',
    'null',
    '<lora:x:1>',
    '(((',
    '[a:b:',
    '../../etc/passwd',
    '\u0000',
    '🙂',
    'constructor',
    'a'.repeat(5000),
  ],
  ...[[], [null], [[]], ['a', 'b'], [1, 2, 3], {}, { a: 1 }, { args: [] }, { Seed: { args: [1] } }, { constructor: { args: {} } }],
  ...[{ toString: null }, { sd_model_checkpoint: 'x' }, { sd_vae: '../../x' }, { CLIP_stop_at_last_layers: 'x' }, { constructor: 1 }],
];

/** A valid request of which one or two fields are something else. */
function mutated(random: () => number): { readonly tab: 'txt2img' | 'img2img'; readonly body: object; readonly changed: object } {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const tab = pick(['txt2img', 'img2img'] as const);
  // How many pictures are made is what a server's owner pays for, not what he is attacked by.
  const names = Object.keys(generationSchemas[tab].shape).filter((name) => !['batch_size', 'n_iter', 'steps'].includes(name));
  const changed = Object.fromEntries(Array.from({ length: pick([1, 1, 2]) }, () => [pick(names), pick(values)]));
  const pictures = { init_images: [picture], ...(random() < 0.4 && { mask: picture }) };
  const hires = random() < 0.2 && { enable_hr: true, hr_scale: 1.2 };
  const valid = { prompt: 'cat', steps: 1, width: 64, height: 64, ...(tab === 'img2img' ? pictures : hires) };
  return { tab, body: { ...valid, ...changed }, changed };
}

/** The webui's own answers that begin with 500: the recorded set has them. */
const recorded = ['Invalid encoded image', 'Requests not allowed'];

async function complaint(server: Server, { tab, body, changed }: ReturnType<typeof mutated>): Promise<readonly string[]> {
  const answer = await server.inject({ method: 'POST', url: `/sdapi/v1/${tab}`, payload: body });
  const told = answer.json();
  const fails = answer.statusCode >= 500 && !recorded.includes(told.detail) && !/^Could not find checkpoint/.test(told.errors);
  const leaks = answer.statusCode !== 200 && answer.payload.includes(process.cwd());
  return fails || leaks ? [`${JSON.stringify(changed).slice(0, 200)}: ${answer.statusCode} ${answer.payload.slice(0, 400)}`] : [];
}

it('answers every mutated request, and tells nothing of the machine', { timeout: 600_000 }, async () => {
  const { server } = await open();
  const seeded = new Seeded(Number(process.env.FUZZ_SEED ?? 1));
  const random = (): number => seeded.next();
  const complaints: string[] = [];
  for (let count = 0; count < Number(process.env.FUZZ_COUNT ?? 300); count++)
    complaints.push(...(await complaint(server, mutated(random))));
  expect(complaints).toEqual([]);
});

it('takes folders out of what is told, and nothing else', () => {
  expect(withoutFolders('There is no VAE in /home/me/My Models/VAE.')).toBe('There is no VAE in VAE.');
  expect(withoutFolders("open 'C:\\models\\a.ckpt'")).toBe("open 'a.ckpt'");
  expect(withoutFolders('see https://host/a/b or docs/settings.md')).toBe('see https://host/a/b or docs/settings.md');
});
