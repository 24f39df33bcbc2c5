import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host, HostConfig } from '@armature/core';
import { defineExtension, type ExtensionDefinition } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const request = { prompt: 'a red circle', seed: 1, steps: 2, width: 64, height: 64 };

describe('a request that cannot be served ends in a code that names field and value', () => {
  let host: Host;
  beforeAll(async () => {
    host = await createTestHost();
  });
  afterAll(() => host.dispose());

  it.each([
    ['an unknown sampler', { sampler: 'Eulerr' }, 'SAMPLER_UNKNOWN', 'Eulerr'],
    ['an unknown scheduler', { scheduler: 'Karas' }, 'SCHEDULER_UNKNOWN', 'Karas'],
    ['an unknown model', { model: 'no-such-model' }, 'MODEL_NOT_FOUND', 'no-such-model'],
    ['an unknown extension', { extensions: { 'no.such': {} } }, 'EXT_NOT_FOUND', 'no.such'],
    ['an unknown setting', { settings: { randn_sauce: 'NV' } }, 'SETTING_UNKNOWN', 'randn_source'],
    ['a setting of the wrong kind', { settings: { randn_source: 'TPU' } }, 'REQUEST_INVALID', 'TPU'],
    ['width 0', { width: 0 }, 'SIZE_INVALID', '0'],
    ['a negative height', { height: -64 }, 'SIZE_INVALID', '-64'],
    ['a width of 100,000', { width: 100_000 }, 'SIZE_INVALID', '100000'],
    ['half a pixel', { width: 64.5 }, 'SIZE_INVALID', '64.5'],
    ['no steps', { steps: 0 }, 'REQUEST_INVALID', 'steps'],
    ['a field nobody knows', { stepz: 3 } as object, 'REQUEST_INVALID', 'the nearest is steps'],
    ['a prompt that is no text', { prompt: 7 as unknown as string }, 'REQUEST_INVALID', 'prompt'],
  ])('%s', async (_, change, code, named) => {
    const error = await host.txt2img({ ...request, ...change }).then(
      () => undefined,
      (reason: unknown) => reason as Error & { code: string },
    );
    expect(error?.code).toBe(code);
    expect(error?.message).toContain(named);
  });

  it('a picture that does not fit in memory is refused before anything is loaded for it', async () => {
    const stages = new Set<string>();
    const large = host.txt2img({ ...request, width: 16_384, height: 16_384 }, { onProgress: ({ stage }) => void stages.add(stage) });
    await expect(large).rejects.toMatchObject({ code: 'RUNTIME_MEMORY', status: 507 });
    await expect(large).rejects.toThrow(/16384×16384/);
    expect([...stages]).toEqual(['queued', 'model']);
    expect((await host.txt2img(request)).status).toBe('done');
  });

  it('a kind of model nobody knows', async () => {
    await expect(host.models('checkpoints')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(host.models('checkpoints')).rejects.toThrow(/known are checkpoint, /);
  });

  it('a size that is no multiple of 8 is cut to the latent grid, as the webui does', async () => {
    const result = await host.txt2img({ ...request, width: 70, height: 65 });
    expect(result.images[0]?.image.width).toBe(64);
    expect(result.images[0]?.image.height).toBe(64);
    expect(result.images[0]?.infotext).toContain('Size: 70x65');
  });

  it('a folder that cannot be written fails before anything is made, and nothing is left behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'armature-out-'));
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const steps: string[] = [];
    const run = host.txt2img(request, { out: join(file, 'pictures'), onProgress: ({ stage }) => steps.push(stage) });
    await expect(run).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect(steps).not.toContain('sampling');
    expect(readdirSync(folder)).toEqual(['a-file']);
  });
});

describe('what extensions say of a request', () => {
  const manifestOf = (id: string) => ({ version: '1.0.0', armature: { api: 1, id, engines: { armature: '*' } } });
  const hosts: Host[] = [];
  const open = async (...definitions: readonly ExtensionDefinition[]): Promise<Host> => {
    const host = await createTestHost({
      extensions: definitions.map((definition, index) => ({ manifest: manifestOf(`test.number-${index}`), definition })),
    });
    hosts.push(host);
    return host;
  };
  afterAll(async () => {
    for (const host of hosts) await host.dispose();
  });

  it('a job that one of them turns away names it, and job.done speaks', async () => {
    const outcomes: string[] = [];
    const silent = defineExtension({
      setup({ hooks }) {
        hooks.job.admit.tap(() => undefined);
        hooks.job.done.tap(({ status }) => void outcomes.push(status));
      },
    });
    const doorman = defineExtension({ setup: ({ hooks }) => hooks.job.admit.tap(() => ({ reject: 'closed on Mondays' })) });
    const refused = (await open(silent, doorman)).txt2img(request);
    await expect(refused).rejects.toMatchObject({ code: 'JOB_REJECTED' });
    await expect(refused).rejects.toThrow('test.number-1 turned the job away: closed on Mondays');
    expect(outcomes).toEqual(['failed']);
  });

  it('a request that one of them breaks is checked again', async () => {
    const breaking = defineExtension({
      setup: ({ hooks }) => hooks.api.request.tap((asked) => ({ ...asked, request: { ...asked.request, steps: -3 } })),
    });
    const broken = (await open(breaking)).txt2img(request);
    await expect(broken).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(broken).rejects.toThrow(/steps.*after api\.request.*-3/);
  });

  it('each picture of a batch has its own prompt where they write one', async () => {
    const colours = ['red', 'green', 'blue'];
    const painter = defineExtension({
      setup: ({ hooks }) => hooks.prompt.text.tap((text, { index }) => ({ ...text, prompt: `a ${colours[index]} circle` })),
    });
    const host = await open(painter);
    const batch = await host.txt2img({ ...request, batchSize: 3, subseedStrength: 0 });
    expect(batch.images.map(({ prompt }) => prompt)).toEqual(colours.map((colour) => `a ${colour} circle`));
    expect(batch.images.map(({ infotext }) => infotext.split('\n')[0])).toEqual(colours.map((colour) => `a ${colour} circle`));
    const alone = await (await open()).txt2img({ ...request, prompt: 'a blue circle', seed: request.seed + 2 });
    const difference = (alone.images[0]?.image.toBytes() ?? []).map((value, i) =>
      Math.abs(value - (batch.images[2]?.image.toBytes()[i] ?? 0)),
    );
    expect(Math.max(...difference)).toBeLessThanOrEqual(2);
  });
});

describe('a host that cannot be opened as asked', () => {
  const folder = mkdtempSync(join(tmpdir(), 'armature-open-'));
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['a data folder that cannot be written', { data: join(file, 'data') }, 'OUTPUT_UNWRITABLE'],
    ['an extension folder that cannot be read', { extensionFolders: [file] }, 'CONFIG_INVALID'],
    ['a setting nobody knows', { settings: { randn_sauce: 1 } }, 'SETTING_UNKNOWN'],
    ['a setting of the wrong kind', { settings: { eta_ddim: 'high' } }, 'REQUEST_INVALID'],
  ])('%s', async (_, config, code) => {
    await expect(createTestHost(config)).rejects.toMatchObject({ code });
  });

  it('a device that does not exist is said by the first job', async () => {
    const host = await createTestHost({ device: 'abacus' });
    await expect(host.txt2img(request)).rejects.toMatchObject({ code: 'DEVICE_UNKNOWN' });
    await host.dispose();
  });
});

describe('a host that cannot be opened says why', () => {
  it.each([
    ['a field nobody knows', { modles: ['x'] }, 'modles'],
    ['a path in place of a list', { models: '/x' }, 'models'],
    ['threads below 0', { threads: -1 }, 'threads'],
  ])('%s', async (_, config, named) => {
    const error = await createTestHost(config as HostConfig).then(
      () => undefined,
      (reason: unknown) => reason as Error & { code: string },
    );
    expect(error?.code).toBe('CONFIG_INVALID');
    expect(error?.message).toContain(named);
  });
});
