import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Catalogue } from '../../src/checkpoint/index.js';
import { temporaryFolder } from './temporary-folder.js';

const open: Catalogue[] = [];
afterEach(async () => {
  for (const catalogue of open.splice(0)) await catalogue.dispose();
});

/** A catalogue that watches, with what it has told so far; what is there now is known to it, as it has told of a file elsewhere. */
async function watched(root: string) {
  const probes = temporaryFolder({ 'models/ControlNet/a.pth': 'x' });
  const catalogue = new Catalogue({ roots: [root, probes], watch: true });
  open.push(catalogue);
  const told: string[][] = [];
  catalogue.onChange((kinds) => void told.push([...kinds]));
  catalogue.useFolders([]);
  const names = async (kind = 'lora'): Promise<readonly string[]> => (await catalogue.list(kind)).map(({ name }) => name);
  // Asked before the first look and after it: the list must not stay as it was.
  await names();
  await seen(() => {
    if (told.length > 0) return;
    appendFileSync(join(probes, 'models/ControlNet/a.pth'), 'x');
    throw new Error('has not been told yet');
  }, 1000);
  told.length = 0;
  return { catalogue, told, names };
}
const seen = (check: () => void | Promise<void>, interval = 50): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval });

describe('watched folders', () => {
  it('list what has come, changed and gone, and tell the kinds concerned alone', async () => {
    const root = temporaryFolder({ 'models/Lora/first.safetensors': 'x', 'models/VAE/v.pt': 'x', 'embeddings/e.pt': 'x' });
    const { catalogue, told, names } = await watched(root);
    expect(await names()).toEqual(['first']);
    writeFileSync(join(root, 'models/Lora/second.safetensors'), 'xy');
    await seen(async () => expect(await names()).toEqual(['first', 'second']));
    writeFileSync(join(root, 'models/Lora/second.safetensors'), 'longer');
    await seen(async () => expect((await catalogue.list('lora'))[1]?.bytes).toBe(6));
    renameSync(join(root, 'models/Lora/second.safetensors'), join(root, 'models/Lora/third.safetensors'));
    await seen(async () => expect(await names()).toEqual(['first', 'third']));
    rmSync(join(root, 'models/Lora/third.safetensors'));
    await seen(async () => expect(await names()).toEqual(['first']));
    await seen(() => expect(told).toHaveLength(4));
    expect(new Set(told.flat())).toEqual(new Set(['lora']));
    writeFileSync(join(root, 'embeddings/f.pt'), 'x');
    await seen(() => expect(told.at(-1)).toEqual(['embedding']));
  });

  it('are followed into folders below, through links, and where none was before', async () => {
    const [root, elsewhere] = [temporaryFolder({ 'webui/models/VAE/v.pt': 'x' }), temporaryFolder({ 'a.safetensors': 'x' })];
    const { names } = await watched(join(root, 'webui'));
    expect(await names()).toEqual([]);
    mkdirSync(join(root, 'webui/models/Lora/style/new'), { recursive: true });
    writeFileSync(join(root, 'webui/models/Lora/style/new/deep.safetensors'), 'x');
    await seen(async () => expect(await names()).toEqual(['deep']));
    symlinkSync(elsewhere, join(root, 'webui/models/Lora/link'));
    await seen(async () => expect(await names()).toEqual(['a', 'deep']));
    writeFileSync(join(elsewhere, 'b.safetensors'), 'x');
    await seen(async () => expect(await names()).toEqual(['a', 'b', 'deep']));
  });

  it('may be missing altogether at first', async () => {
    const root = join(temporaryFolder(), 'later', 'models');
    const { names } = await watched(root);
    mkdirSync(join(root, 'Lora'), { recursive: true });
    writeFileSync(join(root, 'Lora/late.safetensors'), 'x');
    await seen(async () => expect(await names()).toEqual(['late']));
  });

  it('announce a file once it has stopped growing', async () => {
    const root = temporaryFolder({ 'models/Lora/first.safetensors': 'x' });
    const { catalogue, told, names } = await watched(root);
    const path = join(root, 'models/Lora/copied.safetensors');
    const listedWhileCopied: (readonly string[])[] = [];
    for (let piece = 0; piece < 60; piece++) {
      appendFileSync(path, 'a piece of a file');
      listedWhileCopied.push(await names());
      await new Promise((done) => setTimeout(done, 20));
    }
    expect(told).toEqual([]);
    expect(new Set(listedWhileCopied.flat())).toEqual(new Set(['first']));
    await seen(() => expect(told).toEqual([['lora']]));
    expect((await catalogue.find('lora', 'copied')).bytes).toBe(60 * 17);
  });

  it('are left alone after dispose, and by listeners that have ended', async () => {
    const root = temporaryFolder({ 'models/Lora/first.safetensors': 'x' });
    const { catalogue, told } = await watched(root);
    const ended: string[][] = [];
    catalogue.onChange((kinds) => void ended.push([...kinds]))();
    writeFileSync(join(root, 'models/Lora/second.safetensors'), 'x');
    await seen(() => expect(told).toHaveLength(1));
    expect(ended).toEqual([]);
    await catalogue.dispose();
    await nextTurn();
    expect(process.getActiveResourcesInfo().filter((kind) => kind.startsWith('FSEvent'))).toEqual([]);
    writeFileSync(join(root, 'models/Lora/third.safetensors'), 'x');
    await new Promise((done) => setTimeout(done, 700));
    expect(told).toHaveLength(1);
  });
});

it('hashing 2 GB leaves the event loop its turns, and lists answer meanwhile', async () => {
  const root = temporaryFolder({ 'models/Stable-diffusion/large.safetensors': '' });
  const path = join(root, 'models/Stable-diffusion/large.safetensors');
  const mebibytes = 2048;
  // A hole: it takes no room on the disk.
  truncateSync(path, mebibytes * 2 ** 20);
  const catalogue = new Catalogue({ roots: [root] });
  open.push(catalogue);
  const entry = await catalogue.find('checkpoint', 'large');
  let hashed = false;
  const hash = catalogue.hash(entry).finally(() => {
    hashed = true;
  });
  let [turns, lists] = [0, 0];
  const listing = (async () => {
    while (!hashed) {
      await catalogue.refresh('checkpoint');
      await catalogue.list('checkpoint');
      lists++;
    }
  })();
  while (!hashed) {
    await nextTurn();
    turns++;
  }
  await listing;
  expect(await hash).toMatch(/^[0-9a-f]{64}$/);
  // Never more than a mebibyte between two turns.
  expect(turns).toBeGreaterThanOrEqual(mebibytes);
  expect(lists).toBeGreaterThan(mebibytes / 16);
});
