import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '@armature/core';
import { CATALOGUE, type CatalogueApi, defineExtension } from '@armature/sdk';
import { createTestHost, inlineExtension } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

let folder: string;
let host: Host | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'armature-watched-'));
  mkdirSync(join(folder, 'Lora'));
});
afterEach(async () => {
  await host?.dispose();
  host = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const seen = (check: () => void | Promise<void>): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 50 });
let count = 0;
const put = (kind = 'Lora'): void => writeFileSync(join(folder, kind, `new-${count++}.safetensors`), 'x');
const open = async (setup: (catalogue: CatalogueApi) => void, watch = true): Promise<Host> => {
  const listening = inlineExtension('test.listening', defineExtension({ setup: ({ use }) => setup(use(CATALOGUE)) }));
  host = await createTestHost({ models: [tinyModelFolder, folder], watch, extensions: [listening] });
  return host;
};
/** Goes on putting files until somebody is told: the first look may come after the first file. */
const putUntil = (told: () => boolean): Promise<void> =>
  vi.waitFor(
    () => {
      if (told()) return;
      put();
      throw new Error('nobody was told');
    },
    { timeout: 20_000, interval: 1500 },
  );

it('extensions are told of new files, and the lists of the host have them without being asked to look', async () => {
  const told: string[] = [];
  const opened = await open((catalogue) => void catalogue.onChange((kinds) => void told.push(...kinds)));
  await putUntil(() => told.length > 0);
  expect(new Set(told)).toEqual(new Set(['lora']));
  const before = (await opened.models('lora')).length;
  put();
  await seen(async () => expect(await opened.models('lora')).toHaveLength(before + 1));
});

it('a listener that fails is a fault of its extension, and the others are told all the same', async () => {
  let told = 0;
  const opened = await open((catalogue) => {
    catalogue.onChange(() => {
      throw new Error('no time');
    });
    catalogue.onChange(async () => {
      throw new Error('no time later');
    });
    catalogue.onChange(() => void told++);
  });
  await putUntil(() => told > 0);
  await seen(() =>
    expect(opened.faults()).toEqual([
      expect.objectContaining({ code: 'EXT_TAP_THREW', extension: 'test.listening', hook: 'catalogue.onChange' }),
      expect.objectContaining({ code: 'EXT_TAP_THREW', message: expect.stringContaining('no time later') }),
    ]),
  );
});

it('a listener goes with its generation', async () => {
  const told = new Map<number, number>();
  let generation = 0;
  const opened = await open((catalogue) => {
    const mine = ++generation;
    catalogue.onChange(() => void told.set(mine, (told.get(mine) ?? 0) + 1));
  });
  await putUntil(() => told.has(1));
  await opened.reload();
  const before = told.get(1);
  await putUntil(() => told.has(2));
  expect(told.get(1)).toBe(before);
});

it('a host that does not watch tells nobody, and finds a new file by its name all the same', async () => {
  let told = 0;
  const opened = await open((catalogue) => void catalogue.onChange(() => void told++), false);
  expect(await opened.models('lora')).toEqual([]);
  writeFileSync(join(folder, 'Lora/late.safetensors'), 'x');
  expect(await opened.describeModel('late')).toMatchObject({ kind: 'lora', problems: [{ code: 'CKPT_NOT_SAFETENSORS' }] });
  await new Promise((done) => setTimeout(done, 700));
  expect(told).toBe(0);
});
