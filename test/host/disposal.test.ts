import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Host } from '@armature/core';
import { defineExtension } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { describe, expect, it } from 'vitest';

const request = { prompt: 'a red circle on a blue background', seed: 5, steps: 3, width: 64, height: 64 };
const manifest = { version: '1.0.0', armature: { api: 1, id: 'test.counting', engines: { armature: '*' } } };

/** Checkpoints this process holds open, and its children; Linux tells. */
const held = () => ({
  files: readdirSync('/proc/self/fd').filter((fd) => linkOf(fd).endsWith('.safetensors')),
  children: readFileSync(`/proc/self/task/${process.pid}/children`, 'latin1').trim(),
});
const linkOf = (fd: string): string => {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
};

/** An extension that counts the lives it has had. */
const counting = () => {
  const lives = { started: 0, ended: [] as number[] };
  const definition = defineExtension({
    setup({ onDispose }) {
      const mine = ++lives.started;
      onDispose(() => void lives.ended.push(mine));
    },
  });
  return { lives, source: { manifest, definition } };
};

describe.skipIf(process.platform !== 'linux')('a host gives everything back', () => {
  it('and starts no process for a request that is refused, or none at all', async () => {
    const host = await createTestHost();
    await host.models();
    await expect(host.txt2img({ ...request, width: 0 })).rejects.toMatchObject({ code: 'SIZE_INVALID' });
    expect(held()).toEqual({ files: [], children: '' });
    await host.dispose();
  });

  it('while jobs run and wait, however often it is told', async () => {
    const { lives, source } = counting();
    const host = await createTestHost({ extensions: [source] });
    let disposed: Promise<unknown> | undefined;
    const onProgress = ({ step }: { step: number }): void => {
      if (step === 1) disposed ??= Promise.all([host.dispose(), host.dispose()]);
    };
    const jobs = await Promise.all([host.txt2img({ ...request, steps: 50 }, { onProgress }), host.txt2img(request)]);
    await disposed;
    expect(jobs.map(({ status }) => status)).toEqual(['cancelled', 'cancelled']);
    expect(lives.ended).toEqual([1]);
    expect(held()).toEqual({ files: [], children: '' });
    await expect(host.models()).rejects.toMatchObject({ code: 'HOST_DISPOSED' });
    await expect(host.tidy({ dryRun: true })).rejects.toMatchObject({ code: 'HOST_DISPOSED' });
  });

  it('while it reloads, twice at a time', async () => {
    const { lives, source } = counting();
    const host = await createTestHost({ extensions: [source] });
    const reloads = Promise.allSettled([host.reload(), host.reload()]);
    await host.dispose();
    await reloads;
    expect(lives.ended.sort()).toEqual(Array.from({ length: lives.started }, (_, index) => index + 1));
  });
});

describe('a reload', () => {
  it('leaves queued jobs their generation, and disposes each generation once', async () => {
    const { lives, source } = counting();
    const host = await createTestHost({ extensions: [source] });
    const queued = [1, 2, 3].map((seed) => host.txt2img({ ...request, seed, steps: 1 }));
    await queued[0];
    await Promise.all([host.reload(), host.reload()]);
    expect(lives).toEqual({ started: 3, ended: [2] });
    await Promise.all(queued);
    expect(lives.ended).toEqual([2, 1]);
    await host.dispose();
    expect(lives.ended).toEqual([2, 1, 3]);
  });
});

it('two hosts in one process do not touch each other', async () => {
  const hosts: Host[] = await Promise.all([createTestHost(), createTestHost()]);
  const [first, second] = await Promise.all(hosts.map((host) => host.txt2img(request)));
  expect(first?.images[0]?.image.toBytes()).toEqual(second?.images[0]?.image.toBytes());
  await hosts[0]?.dispose();
  expect((await hosts[1]?.txt2img(request))?.status).toBe('done');
  await hosts[1]?.dispose();
});

it('a picture leaves nothing in the temporary folder, neither of the host nor of ONNX Runtime', async () => {
  const { TMPDIR } = process.env;
  const folder = mkdtempSync(join(tmpdir(), 'armature-tmp-'));
  process.env.TMPDIR = folder;
  try {
    const host = await createTestHost();
    await host.txt2img({ prompt: 'a red circle', seed: 1, steps: 1, width: 64, height: 64 });
    await host.dispose();
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    rmSync(folder, { recursive: true, force: true });
  }
});
