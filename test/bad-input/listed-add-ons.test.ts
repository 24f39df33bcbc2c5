import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Desk } from '../cli/armature.js';
import { brokenFiles, goodFile } from './broken-add-ons.js';

/** 200 in all. */
const kinds = [
  { kind: 'lora', folder: 'models/Lora', count: 80, seed: 6 },
  { kind: 'embedding', folder: 'embeddings', count: 60, seed: 15 },
  { kind: 'hypernetwork', folder: 'models/hypernetworks', count: 60, seed: 17 },
] as const;

interface Listed {
  readonly name: string;
  readonly path: string;
  readonly problems: readonly { readonly code: string; readonly message: string }[];
}

let desk: Desk;
let marker: string;
beforeAll(async () => {
  desk = await Desk.open();
  marker = desk.path('code-was-run');
  await mkdir(desk.path('webui/models/VAE'), { recursive: true });
  for (const { kind, folder, count, seed } of kinds) {
    await mkdir(desk.path('webui', folder), { recursive: true });
    for (const { name, bytes } of brokenFiles(kind, count, seed, `touch ${marker}`))
      await writeFile(desk.path('webui', folder, name), bytes);
    await writeFile(desk.path('webui', folder, 'good.safetensors'), goodFile(kind));
  }
});
afterAll(() => desk.close());

const models = ['--models', 'webui'];

describe.each(kinds)('broken files of kind $kind', ({ kind, folder, count }) => {
  it('are each named in the list with what is wrong, and none of them runs anything', async () => {
    const { code, stdout } = await desk.run(['models', '--kind', kind, '--json', ...models]);
    const listed = JSON.parse(stdout) as Listed[];
    expect(code).toBe(0);
    expect(listed).toHaveLength(count + 1);
    expect(listed.filter(({ problems }) => problems.length === 0).map(({ name }) => name)).toEqual(['good']);
    for (const { path, problems } of listed) for (const { message } of problems) expect(message).toContain(path);
    // What is wrong is always a thing that has a code, never an error of the program.
    const codes = new Set(listed.flatMap(({ problems }) => problems.map((problem) => problem.code)));
    expect([...codes].filter((known) => !/^(?:CKPT_|MODEL_KIND|LORA_UNFIT|EMBEDDING_UNFIT|HYPERNET_UNFIT)/.test(known))).toEqual([]);
    expect(existsSync(marker)).toBe(false);
  });

  it('stand in the list for people too', async () => {
    const { stdout } = await desk.run(['models', '--kind', kind, ...models]);
    const [list = '', problems = ''] = stdout.split('\nTITLE');
    for (let at = 0; at < count; at++) {
      expect(list).toContain(`broken-${at}-end.`);
      expect(problems).toContain(`broken-${at}-end.`);
    }
  });

  it('are looked at one by one', async () => {
    for (let at = 0; at < 6; at++) {
      const file = [...brokenFiles(kind, count, kinds.find((one) => one.kind === kind)?.seed ?? 0, `touch ${marker}`)][at]?.name as string;
      const { code, stdout } = await desk.run(['models', 'show', join('webui', folder, file), ...models]);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`PROBLEMS\\n[A-Z_]+: .*${file.replaceAll('.', '\\.')}`));
    }
    const { stdout } = await desk.run(['models', 'show', join('webui', folder, 'good.safetensors'), ...models]);
    expect(stdout).toMatch(/Nothing is wrong\.\n$/);
    expect(existsSync(marker)).toBe(false);
  });
});
