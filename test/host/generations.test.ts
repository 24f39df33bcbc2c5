import { type Host, RNG } from '@armature/core';
import { defineExtension, Latent, PIPELINE, type Raster, TEXT_ENCODER, VAE } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterEach, describe, expect, it } from 'vitest';

const request = { prompt: 'a red circle on a blue background', seed: 5, steps: 6, width: 64, height: 64 };
const manifestOf = (id: string) => ({ version: '1.0.0', armature: { api: 1, id, engines: { armature: '^0.1' } } });

const hosts: Host[] = [];
afterEach(async () => {
  for (const host of hosts.splice(0)) await host.dispose();
});
const open = async (...config: Parameters<typeof createTestHost>): Promise<Host> => {
  const host = await createTestHost(...config);
  hosts.push(host);
  return host;
};

describe('a reload', () => {
  it('lets a running job keep its extensions, and disposes them when it ends', async () => {
    const events: string[] = [];
    let generation = 0;
    const counting = defineExtension({
      setup({ hooks, onDispose }) {
        const mine = ++generation;
        hooks.sampling.step.tap(() => void events.push(`step of ${mine}`));
        onDispose(() => void events.push(`${mine} disposed`));
      },
    });
    const host = await open({ extensions: [{ manifest: manifestOf('test.counting'), definition: counting }] });
    let reloaded: Promise<void> | undefined;
    await host.txt2img(request, {
      onProgress: ({ step }) => {
        if (step === 2) reloaded ??= host.reload();
      },
    });
    await reloaded;
    expect(events).toEqual([...Array(6).fill('step of 1'), '1 disposed']);
    await host.txt2img({ ...request, steps: 1 });
    expect(events.at(-1)).toBe('step of 2');
  });
});

describe('a reload that is asked about', () => {
  it('keeps the current generation when the next one is turned down, and disposes the next', async () => {
    const events: string[] = [];
    let generation = 0;
    const moody = defineExtension({
      setup({ hooks, onDispose }) {
        const mine = ++generation;
        if (mine === 2) throw new Error('not today');
        onDispose(() => void events.push(`${mine} disposed`));
        hooks.prompt.text.tap((text) => text);
        hooks.sampling.step.tap(() => void events.push(`step of ${mine}`));
      },
    });
    const host = await open({ extensions: [{ manifest: manifestOf('test.moody'), definition: moody }] });
    let told: unknown;
    const accept: NonNullable<Parameters<Host['reload']>[0]>['accept'] = (next) => {
      told = [next.extensions()[0]?.state, String(next.faults()[0]?.cause)];
      return false;
    };
    await host.reload({ accept });
    expect(told).toEqual(['failed', 'Error: not today']);
    expect(host.extensions()).toMatchObject([{ state: 'active' }]);
    expect(host.faults()).toEqual([]);
    await host.txt2img({ ...request, steps: 1 });
    await host.reload({ accept: (next) => next.extensions()[0]?.state === 'active' });
    await host.txt2img({ ...request, steps: 1 });
    expect(events).toEqual(['step of 1', '1 disposed', 'step of 3']);
    expect(host.explain('sampling.step')).toMatchObject([{ extension: 'test.moody', because: { rule: 'first' } }]);
    expect(() => host.explain('sampling.steps')).toThrow(/nearest are sampling\.step/);
  });
});

describe('what an extension may use', () => {
  it('runs pictures of its own, and the text encoder and autoencoder of the job it speaks in', async () => {
    const seen: { picture?: Raster; texts?: readonly number[]; again?: Raster } = {};
    const user = defineExtension({
      setup({ hooks, use }) {
        const [pipeline, encoder, vae] = [use(PIPELINE), use(TEXT_ENCODER), use(VAE)];
        hooks.image.each.tap(async (picture, { job }) => {
          if (job.request.prompt !== request.prompt) return;
          seen.texts = (await encoder.encode(job, 'a green star')).crossAttention.shape;
          seen.again = (await vae.decode(job, await vae.encode(job, picture)))[0] as Raster;
          seen.picture = (await pipeline.run({ ...request, prompt: 'a green star', steps: 2 })).images[0]?.image as Raster;
        });
      },
    });
    const host = await open({ extensions: [{ manifest: manifestOf('test.user'), definition: user }] });
    const result = await host.txt2img(request);
    expect(result.faults).toEqual([]);
    expect(seen.texts).toEqual([1, 77, 64]);
    expect(seen.picture?.width).toBe(64);
    const original = result.images[0]?.image.toBytes() ?? [];
    const again = seen.again?.toBytes() ?? [];
    const difference =
      Array.from(original, (value, i) => Math.abs(value - (again[i] as number))).reduce((a, b) => a + b, 0) / original.length;
    expect(difference).toBeLessThan(16);
  });
});

describe('what an embedder may replace', () => {
  it('the noise source, by token', async () => {
    const flat = () => ({
      first: () => new Latent(new Float32Array(256), [1, 4, 8, 8]),
      next: () => new Latent(new Float32Array(256), [1, 4, 8, 8]),
      brownian: () => () => new Latent(new Float32Array(256), [1, 4, 8, 8]),
    });
    const host = await open({ provide: [[RNG, () => flat]] });
    const one = await host.txt2img({ ...request, seed: 1 });
    const two = await host.txt2img({ ...request, seed: 2 });
    expect(one.images[0]?.image.toBytes()).toEqual(two.images[0]?.image.toBytes());
  });

  it('nothing after disposal', async () => {
    const host = await createTestHost();
    await host.dispose();
    await expect(host.txt2img(request)).rejects.toMatchObject({ code: 'HOST_DISPOSED' });
  });
});
