import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Catalogue } from '../../src/checkpoint/index.js';
import { floats, safetensorsBytes } from './safetensors-bytes.js';
import { temporaryFolder } from './temporary-folder.js';

const model = (value: number) => safetensorsBytes({ a: floats([1], value) });
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const titles = async (catalogue: Catalogue, kind = 'checkpoint') => (await catalogue.list(kind)).map(({ title }) => title);

const webui = () =>
  temporaryFolder({
    'models/Stable-diffusion/anime-v10.safetensors': model(1),
    'models/Stable-diffusion/anime-v9.safetensors': model(2),
    'models/Stable-diffusion/old.ckpt': 'pickle',
    'models/Stable-diffusion/notes.txt': 'x',
    'models/Stable-diffusion/anime.vae.safetensors': model(3),
    'models/Stable-diffusion/sub/Deep.safetensors': model(4),
    'models/VAE/plain.safetensors': model(5),
    'models/lora/style.safetensors': model(6),
    'models/ControlNet/canny.pth': 'x',
    'models/ESRGAN/x4.pth': 'x',
    'models/hypernetworks/h.pt': 'x',
    'models/VAE-approx/model.pt': 'x',
    'embeddings/bad-hands.pt': 'x',
  });

describe('list', () => {
  test('finds every kind in a webui folder, in the order of the webui', async () => {
    const catalogue = new Catalogue({ roots: [webui()] });
    expect(await titles(catalogue)).toEqual(['anime-v9.safetensors', 'anime-v10.safetensors', 'old.ckpt', 'sub/Deep.safetensors']);
    expect(await titles(catalogue, 'vae')).toEqual(['plain.safetensors', 'Stable-diffusion/anime.vae.safetensors']);
    expect(await titles(catalogue, 'lora')).toEqual(['style.safetensors']);
    expect(await titles(catalogue, 'controlnet')).toEqual(['canny.pth']);
    expect(await titles(catalogue, 'esrgan')).toEqual(['x4.pth']);
    expect(await titles(catalogue, 'hypernetwork')).toEqual(['h.pt']);
    expect(await titles(catalogue, 'vae-approx')).toEqual(['model.pt']);
    expect(await titles(catalogue, 'embedding')).toEqual(['bad-hands.pt']);
    expect(await titles(catalogue, 'unheard-of')).toEqual([]);
  });

  test('takes the models folder itself, several roots, and a plain folder of checkpoints', async () => {
    const root = webui();
    const models = new Catalogue({ roots: [join(root, 'models')] });
    expect(await titles(models)).toHaveLength(4);
    expect(await titles(models, 'embedding')).toEqual(['bad-hands.pt']);
    const plain = temporaryFolder({ 'one.safetensors': model(9), 'deep/two.safetensors': model(8) });
    const both = new Catalogue({ roots: [plain, root, root, join(plain, 'missing')] });
    expect(await titles(both)).toEqual([
      'one.safetensors',
      'anime-v9.safetensors',
      'anime-v10.safetensors',
      'old.ckpt',
      'sub/Deep.safetensors',
    ]);
  });

  test('follows links and is not trapped by a circle of them', async () => {
    const elsewhere = temporaryFolder({ 'far.safetensors': model(1) });
    const root = temporaryFolder({ 'models/Stable-diffusion/near.safetensors': model(2) });
    symlinkSync(elsewhere, join(root, 'models/Stable-diffusion/linked'));
    symlinkSync(join(root, 'models'), join(root, 'models/Stable-diffusion/circle'));
    symlinkSync(join(root, 'nowhere'), join(root, 'models/Stable-diffusion/dangling.safetensors'));
    const found = await titles(new Catalogue({ roots: [root] }));
    expect(found.filter((title) => !title.startsWith('circle/'))).toEqual(['near.safetensors', 'linked/far.safetensors']);
    expect(found.length).toBeLessThan(6);
  });

  test('contributed folders add a kind, and add to a known one', async () => {
    const root = temporaryFolder({
      'models/Stable-diffusion/m.safetensors': model(1),
      'models/IP/adapter.bin': 'x',
      'models/MoreLora/l.safetensors': model(2),
    });
    const catalogue = new Catalogue({ roots: [root] });
    expect(await titles(catalogue, 'ip-adapter')).toEqual([]);
    catalogue.useFolders([
      { name: 'ip-adapter', folders: ['IP'], extensions: ['.bin'] },
      { name: 'lora', folders: ['MoreLora'], extensions: ['.safetensors'] },
    ]);
    expect(await titles(catalogue, 'ip-adapter')).toEqual(['adapter.bin']);
    expect(await titles(catalogue, 'lora')).toEqual(['l.safetensors']);
    expect(catalogue.kinds()).toContain('ip-adapter');
  });
});

describe('find', () => {
  const root = webui();
  const file = 'models/Stable-diffusion/sub/Deep.safetensors';
  const deep = readFileSync(join(root, file));

  test.each([
    'sub/Deep.safetensors',
    'sub/Deep',
    'sub_Deep',
    'Deep',
    'Deep.safetensors',
    'Dee',
    'Deep.safetensors [0123456789]',
    join(root, file),
  ])('by %s', async (query) => {
    expect((await new Catalogue({ roots: [root] }).find('checkpoint', query)).name).toBe('Deep');
  });

  test('by hash, short hash and title, once the hash is known', async () => {
    const catalogue = new Catalogue({ roots: [root] });
    const hash = await catalogue.hash(await catalogue.find('checkpoint', 'Deep'));
    expect(hash).toBe(sha(deep));
    const short = hash.slice(0, 10);
    for (const query of [hash, short, `sub/Deep.safetensors [${short}]`, `Deep [${short}]`]) {
      expect(await catalogue.find('checkpoint', query)).toMatchObject({ name: 'Deep', hash, title: `sub/Deep.safetensors [${short}]` });
    }
  });

  test('by the hash of former webui versions', async () => {
    const bytes = Buffer.alloc(0x100000 + 0x10000 + 5, 7);
    const folder = temporaryFolder({ 'models/Stable-diffusion/a.ckpt': bytes, 'models/Stable-diffusion/b.ckpt': 'short' });
    const former = sha(bytes.subarray(0x100000, 0x110000)).slice(0, 8);
    const catalogue = new Catalogue({ roots: [folder] });
    expect((await catalogue.find('checkpoint', former)).name).toBe('a');
    expect((await catalogue.find('checkpoint', `a.ckpt [${former}]`)).name).toBe('a');
  });

  test('words in a title pick the shortest', async () => {
    expect((await new Catalogue({ roots: [root] }).find('checkpoint', 'anime')).name).toBe('anime-v9');
  });

  test('nothing found: what is known, nearest first', async () => {
    const catalogue = new Catalogue({ roots: [root] });
    const error = await catalogue.find('checkpoint', 'animme-v10').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'MODEL_NOT_FOUND', data: { nearest: 'anime-v10', kind: 'checkpoint', name: 'animme-v10' } });
    expect((error as Error).message).toContain(`in ${join(root, 'models', 'Stable-diffusion')}. Known: anime-v10, anime-v9`);
    await expect(catalogue.find('checkpoint', '')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND' });
    await expect(catalogue.find('unheard-of', 'x')).rejects.toMatchObject({ code: 'MODEL_NOT_FOUND', data: { known: 'none' } });
  });

  test('no checkpoint at all names the folder', async () => {
    const empty = temporaryFolder();
    await expect(new Catalogue({ roots: [empty] }).find('checkpoint', 'x')).rejects.toMatchObject({ code: 'MODEL_NONE' });
    await expect(new Catalogue({ roots: [empty] }).find('checkpoint', 'x')).rejects.toThrow(empty);
  });

  test('a file put there later is found; a list is renewed by refresh', async () => {
    const folder = temporaryFolder({ 'models/Stable-diffusion/first.safetensors': model(1) });
    const catalogue = new Catalogue({ roots: [folder] });
    expect(await titles(catalogue)).toHaveLength(1);
    writeFileSync(join(folder, 'models/Stable-diffusion/later.safetensors'), model(2));
    expect(await titles(catalogue)).toHaveLength(1);
    expect((await catalogue.find('checkpoint', 'later')).name).toBe('later');
    writeFileSync(join(folder, 'models/Stable-diffusion/last.safetensors'), model(3));
    await catalogue.refresh();
    expect(await titles(catalogue)).toHaveLength(3);
  });

  test('describe makes an entry for a file elsewhere', async () => {
    const folder = temporaryFolder({ 'x.safetensors': model(1) });
    const catalogue = new Catalogue({ roots: [root] });
    expect(await catalogue.describe('checkpoint', join(folder, 'x.safetensors'))).toMatchObject({
      name: 'x',
      title: 'x.safetensors',
      kind: 'checkpoint',
    });
    await expect(catalogue.describe('checkpoint', join(folder, 'y'))).rejects.toMatchObject({ code: 'CKPT_NOT_FOUND' });
  });
});

describe('hash cache', () => {
  const setUp = () => {
    const root = temporaryFolder({ 'models/Stable-diffusion/a.safetensors': model(1), 'models/Stable-diffusion/b.safetensors': model(2) });
    return { root, data: join(temporaryFolder(), 'data') };
  };

  test('is read by the next process and knows a changed file', async () => {
    const { root, data } = setUp();
    const first = new Catalogue({ roots: [root], data });
    const hash = await first.hash(await first.find('checkpoint', 'a'));
    const second = new Catalogue({ roots: [root], data });
    expect((await second.find('checkpoint', 'a')).hash).toBe(hash);
    const path = join(root, 'models/Stable-diffusion/a.safetensors');
    writeFileSync(path, model(42));
    utimesSync(path, 1000, 1000);
    await second.refresh();
    const changed = await second.find('checkpoint', 'a');
    expect(changed.hash).toBeUndefined();
    expect(await second.hash(changed)).toBe(sha(model(42)));
  });

  test('two processes keep each other’s entries, and leave no temporary file', async () => {
    const { root, data } = setUp();
    const [one, two] = [new Catalogue({ roots: [root], data }), new Catalogue({ roots: [root], data })];
    const [a, b] = [await one.find('checkpoint', 'a'), await two.find('checkpoint', 'b')];
    await one.hash(a);
    await two.hash(b);
    const third = new Catalogue({ roots: [root], data });
    expect((await third.list('checkpoint')).every(({ hash }) => hash !== undefined)).toBe(true);
    expect(readdirSync(data)).toEqual(['hashes.json']);
  });

  test('a broken cache file, or a folder that cannot be written, only costs time', async () => {
    const { root, data } = setUp();
    mkdirSync(data);
    for (const content of ['{"files": {"x": {"sha256": 5}}, ', '[]', 'null', '{"files":{"__proto__":{"sha256":"x"}}}']) {
      writeFileSync(join(data, 'hashes.json'), content);
      const catalogue = new Catalogue({ roots: [root], data });
      expect(await catalogue.hash(await catalogue.find('checkpoint', 'a'))).toBe(sha(model(1)));
    }
    const blocked = temporaryFolder({ file: 'x' });
    const catalogue = new Catalogue({ roots: [root], data: join(blocked, 'file', 'data') });
    expect(await catalogue.hash(await catalogue.find('checkpoint', 'a'))).toBe(sha(model(1)));
  });

  test('a file is read once, however many ask', async () => {
    const { root } = setUp();
    const catalogue = new Catalogue({ roots: [root] });
    const entry = await catalogue.find('checkpoint', 'a');
    const hashes = await Promise.all([catalogue.hash(entry), catalogue.hash(entry), catalogue.hash(entry)]);
    expect(new Set(hashes).size).toBe(1);
    await expect(catalogue.hash({ ...entry, path: join(dirname(entry.path), `no-${basename(entry.path)}`) })).rejects.toMatchObject({
      code: 'CKPT_NOT_FOUND',
    });
  });
});
