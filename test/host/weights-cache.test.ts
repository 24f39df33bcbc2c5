import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createHost, type Host, type HostConfig } from '@armature/core';
import { defineExtension } from '@armature/sdk';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const request = { prompt: 'a red circle on a blue background', seed: 3, steps: 3, width: 64, height: 64 };
const model = join(tinyModelFolder, 'Stable-diffusion');

let root: string;
let models: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'armature-weights-'));
  models = join(root, 'models');
  mkdirSync(models);
  cpSync(model, join(models, 'Stable-diffusion'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const checkpoint = (): string => join(models, 'Stable-diffusion/tiny-sd1.safetensors');
const copies = (data: string): readonly string[] => {
  const folder = join(data, 'weights');
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
};

/** A host with a cache for files of every size, and what it warned of. */
async function withHost<T>(config: HostConfig, work: (host: Host, warnings: readonly string[]) => Promise<T>): Promise<T> {
  const warnings: string[] = [];
  const log = { debug() {}, info() {}, warn: (text: string) => warnings.push(text), error: (text: string) => warnings.push(text) };
  const host = await createHost({ models: [models], data: join(root, 'data'), threads: 2, weightsCache: { smallest: 0 }, log, ...config });
  try {
    return await work(host, warnings);
  } finally {
    await host.dispose();
  }
}

const picture = (host: Host): Promise<Uint8Array> =>
  host.txt2img(request).then(({ images }) => images[0]?.image.toBytes() ?? new Uint8Array());

describe('pictures', () => {
  it('are the same bit for bit without the cache, while it is written, and from it; the model folder is left alone', async () => {
    const before = readdirSync(join(models, 'Stable-diffusion'));
    const without = await withHost({ weightsCache: 'off' }, picture);
    expect(copies(join(root, 'data'))).toEqual([]);
    const cold = await withHost({}, picture);
    const [copy, ...others] = copies(join(root, 'data'));
    expect(others).toEqual([]);
    const written = statSync(copy as string);
    expect(written.size).toBeGreaterThan(2 * statSync(checkpoint()).size * 0.9);
    const warm = await withHost({}, picture);
    expect(statSync(copy as string).ino).toBe(written.ino);
    expect(without.length).toBe(64 * 64 * 3);
    expect(cold).toEqual(without);
    expect(warm).toEqual(without);
    expect(readdirSync(join(models, 'Stable-diffusion'))).toEqual(before);
  });
});

describe('what extensions make of a network', () => {
  /** A tensor of the UNet in place of the file's, and the options of large models. */
  const changing = defineExtension({
    setup({ hooks }) {
      hooks.model.weights.tap({ variant: () => 'half as much' }, (weights) => {
        const entry = weights.get('model.diffusion_model.out.2.weight');
        if (!entry) return undefined;
        return weights.with([{ ...entry, read: async () => (await entry.read()).map((value) => value / 2) }]);
      });
      hooks.graph.session.tap({ variant: () => 'mapped' }, (options) => ({
        ...options,
        optimization: 'extended',
        config: { disable_prepacking: '1' },
      }));
    },
  });
  const manifest = { version: '1.0.0', armature: { api: 1, id: 'test.changing', engines: { armature: '^0.1' }, capabilities: ['graph'] } };
  const extensions = [{ manifest, definition: changing }];

  it('is the same bit for bit with the cache and without: replaced tensors, and weights that stay mapped', async () => {
    const plain = await withHost({}, picture);
    const without = await withHost({ extensions, weightsCache: 'off' }, picture);
    const from = await withHost({ extensions }, picture);
    expect(from).toEqual(without);
    expect(from).not.toEqual(plain);
  });
});

describe('processes', () => {
  const script = `
    import { createHash } from 'node:crypto';
    import { createHost } from '@armature/core';
    const { models, data, request } = JSON.parse(process.env.PICTURE);
    const warnings = [];
    const log = { debug() {}, info() {}, warn: (text) => warnings.push(text), error: (text) => warnings.push(text) };
    const host = await createHost({ models: [models], data, threads: 1, weightsCache: { smallest: 0 }, log });
    const { images } = await host.txt2img(request);
    await host.dispose();
    console.log(JSON.stringify({ digest: createHash('sha256').update(images[0].image.toBytes()).digest('hex'), warnings }));
  `;
  /** A picture made by a process of its own; `limit`: blocks a file may have. */
  async function inProcess(limit = 'unlimited'): Promise<{ readonly digest: string; readonly warnings: readonly string[] }> {
    const command = `ulimit -f ${limit}; exec "$0" --input-type=module -e "$1"`;
    const env = { ...process.env, PICTURE: JSON.stringify({ models, data: join(root, 'data'), request }) };
    const { stdout } = await promisify(execFile)('sh', ['-c', command, process.execPath, script], { env });
    return JSON.parse(stdout) as { digest: string; warnings: string[] };
  }
  const expected = async (): Promise<string> =>
    createHash('sha256')
      .update(await withHost({ weightsCache: 'off', threads: 1 }, picture))
      .digest('hex');

  it.skipIf(process.platform === 'win32')('two that need the same copy at once leave one, and make the same picture', async () => {
    mkdirSync(join(root, 'data'));
    const made = await Promise.all([inProcess(), inProcess()]);
    const digest = await expected();
    expect(made).toEqual([
      { digest, warnings: [] },
      { digest, warnings: [] },
    ]);
    expect(copies(join(root, 'data'))).toEqual([expect.stringMatching(/\.f32\.safetensors$/)]);
  });

  it.skipIf(process.platform === 'win32')(
    'one that cannot write the copy leaves nothing of it, and makes its picture all the same',
    async () => {
      mkdirSync(join(root, 'data'));
      const { digest, warnings } = await inProcess('20000');
      expect(warnings).toEqual([expect.stringMatching(/tiny-sd1\.safetensors is used without the weights cache: .*EFBIG/)]);
      expect(copies(join(root, 'data'))).toEqual([]);
      expect(digest).toBe(await expected());
    },
  );
});

it('copies are told with their files, and cleared', async () => {
  await withHost({}, async (host) => {
    await picture(host);
    const [copy] = await host.cachedWeights();
    expect(copy).toMatchObject({ source: checkpoint(), bytes: statSync(copies(join(root, 'data'))[0] as string).size });
    expect(Date.now() - (copy?.used.getTime() ?? 0)).toBeLessThan(600_000);
    expect(await host.clearCachedWeights()).toEqual({ files: 1, bytes: copy?.bytes });
    expect(await host.cachedWeights()).toEqual([]);
    // Its sessions still read what was removed.
    expect((await picture(host)).length).toBe(64 * 64 * 3);
  });
});
