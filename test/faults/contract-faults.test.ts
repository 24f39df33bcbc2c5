import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBundler } from '@armature/compose';
import type { Host } from '@armature/core';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { generationOf } from '../../packages/core/test/generation/generation-kit.js';
import { packageWithOwnSdk } from './two-sdks.js';

const fixtures = join(dirname(fileURLToPath(import.meta.url)), 'fixtures');
const from = (name: string): { readonly from: string } => ({ from: join(fixtures, name) });
const bundler = createBundler({ cacheFolder: join(fixtures, 'none') });
const request = { prompt: 'a red circle on a blue background', seed: 5, steps: 3, width: 64, height: 64 };

async function within<T>(extensions: readonly { readonly from: string }[], work: (host: Host) => Promise<T>): Promise<T> {
  const host = await createTestHost({ extensions, bundler });
  try {
    return await work(host);
  } finally {
    await host.dispose();
  }
}
const pixels = async (host: Host) => (await host.txt2img(request)).images[0]?.image.toBytes();

let neighbour: Uint8Array | undefined;
beforeAll(async () => {
  neighbour = await within([from('neighbour')], pixels);
});

describe('an extension that claims another’s id', () => {
  it('is invalid, by its place; the other keeps its name and its effect', async () => {
    await within([from('neighbour'), from('spoofs-id')], async (host) => {
      expect(await pixels(host)).toEqual(neighbour);
      expect(host.extensions().map(({ id, state, origin }) => [id, state, origin])).toEqual([
        ['fault.neighbour', 'active', join(fixtures, 'neighbour')],
        ['fault.neighbour', 'invalid', join(fixtures, 'spoofs-id')],
      ]);
      expect(host.faults()).toMatchObject([{ code: 'EXT_DUPLICATE_ID', message: expect.stringContaining(join(fixtures, 'spoofs-id')) }]);
    });
  });
});

describe('an extension that reaches for what it did not declare', () => {
  it('never runs, and the module, the file and the word are named', async () => {
    await within([from('undeclared-net'), from('undeclared-graph'), from('neighbour')], async (host) => {
      expect(await pixels(host)).toEqual(neighbour);
      const causes = Object.fromEntries(host.extensions().map(({ id, cause }) => [id, cause]));
      expect(causes['fault.undeclared-net']).toEqual({
        code: 'EXT_CAPABILITY',
        message:
          'fault.undeclared-net uses node:https (index.js), and does not declare net. Add "net" to "capabilities" in its manifest (a script: the line // capabilities: net).',
      });
      expect(causes['fault.undeclared-graph']?.message).toContain('uses the hook graph.emitted, and does not declare graph.');
    });
    expect(globalThis).not.toHaveProperty('armatureUndeclaredRan');
  });
});

describe('an extension that leaves something running', () => {
  it('a timer: stopped with the extension, which is named', async () => {
    let ticks = 0;
    const log = { debug: () => void ticks++, info() {}, warn() {}, error() {} };
    const generation = await generationOf({ extensions: [from('neighbour'), from('leaks-timer')] }, { log });
    expect(generation.extensions().map(({ state }) => state)).toEqual(['active', 'active']);
    await vi.waitFor(() => expect(ticks).toBeGreaterThan(1));
    await generation.release();
    const before = ticks;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(ticks).toBe(before);
    expect(generation.faults).toMatchObject([{ code: 'EXT_LEAK', extension: 'fault.leaks-timer', hook: 'dispose' }]);
    expect(generation.faults[0]?.message).toContain('left a timer running');
  });

  it('a port asked for twice: failed with the reason, and the first server is closed again', async () => {
    const servers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'TCPServerWrap').length;
    const before = servers();
    const generation = await generationOf({ extensions: [from('opens-port-twice'), from('neighbour')], bundler });
    const report = generation.extensions().find(({ id }) => id === 'fault.opens-port-twice');
    expect(report).toMatchObject({ state: 'failed', cause: { code: 'EXT_SETUP_THREW' } });
    expect(report?.cause?.message).toContain('EADDRINUSE');
    await vi.waitFor(() => expect(servers()).toBe(before));
    await generation.release();
  });
});

describe('an extension with an SDK of its own in its tree', () => {
  const folder = mkdtempSync(join(tmpdir(), 'armature-two-sdks-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('makes values the host takes for its own: same picture, no fault', async () => {
    const code = `import { defineExtension, field, Latent, Raster, Stage } from '@armature/sdk';
      export const isOther = Latent;
      export default defineExtension({
        args: { amount: field.number(1) },
        setup({ hooks }) {
          hooks.sampling.guided.tap((latent, { args }) => {
            const ones = new Latent(new Float32Array(latent.size).fill(args.amount), latent.shape);
            return ones.add(latent);
          }, { stage: Stage.Late });
          hooks.image.each.tap((image) => new Raster((image.raster ?? image).toBytes(), image.raster ?? image));
        },
      });`;
    const own = packageWithOwnSdk(folder, 'fault.two-sdks', code);
    const { isOther } = (await import(join(own, 'index.js'))) as { readonly isOther: unknown };
    expect(isOther).not.toBe((await import('@armature/sdk')).Latent);
    await within([{ from: own }], async (host) => {
      const result = await host.txt2img(request);
      expect(result.faults).toEqual([]);
      expect(result.images[0]?.image.toBytes()).toEqual(neighbour);
    });
  });
});
