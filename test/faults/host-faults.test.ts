import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBundler } from '@armature/compose';
import type { HostConfig } from '@armature/core';
import { createTestHost } from '@armature/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { hangClock } from './hang-clock.js';

const fixtures = join(dirname(fileURLToPath(import.meta.url)), 'fixtures');
/** Looks at imports; JavaScript is loaded as it stands, so it writes nothing. */
const bundler = createBundler({ cacheFolder: join(fixtures, 'none') });
const request = { prompt: 'a red circle on a blue background', seed: 5, steps: 5, width: 64, height: 64 };

/** Fixture → code and hook of the fault its job reports. */
const inJob: Readonly<Record<string, readonly [code: string, hook: string]>> = {
  'throws-at-step-3': ['EXT_TAP_THREW', 'sampling.guided'],
  rejects: ['EXT_TAP_THREW', 'sampling.guided'],
  hangs: ['EXT_TAP_HUNG', 'sampling.guided'],
  'returns-false': ['EXT_TAP_RETURNED', 'sampling.guided'],
  'returns-null': ['EXT_TAP_RETURNED', 'sampling.guided'],
  'returns-array': ['EXT_TAP_RETURNED', 'sampling.guided'],
  'promise-from-sync-hook': ['EXT_TAP_RETURNED', 'graph.module'],
  'late-tap': ['EXT_SEALED', 'sampling.guided'],
  'wraps-and-throws': ['EXT_TAP_THREW', 'sampling.denoiser'],
  'broken-source-map': ['EXT_TAP_THREW', 'sampling.guided'],
};

/** A picture made with these fixtures beside the neighbour, whose effect must be in it. */
async function make(names: readonly string[], config: HostConfig = {}, strict = false) {
  const extensions = [...names, 'neighbour'].map((name) => ({ from: join(fixtures, name) }));
  const host = await createTestHost({ clock: hangClock(), bundler, ...config, extensions });
  try {
    const result = await host.txt2img({ ...request, strict });
    return { result, bytes: result.images[0]?.image.toBytes(), infotext: result.images[0]?.infotext, reports: host.extensions() };
  } finally {
    await host.dispose();
  }
}

describe('a picture with a faulty extension in the house', () => {
  let expected: Awaited<ReturnType<typeof make>>;
  beforeAll(async () => {
    expected = await make([]);
    const untouched = await createTestHost();
    const plain = await untouched.txt2img(request);
    await untouched.dispose();
    expect(expected.bytes).not.toEqual(plain.images[0]?.image.toBytes());
  });

  it.each(Object.entries(inJob))(
    '%s: the picture is the neighbour’s, the fault is named in result and parameters',
    async (name, [code, hook]) => {
      const { result, bytes, infotext } = await make([name]);
      expect(bytes).toEqual(expected.bytes);
      expect(result.faults).not.toHaveLength(0);
      for (const fault of result.faults) expect(fault).toMatchObject({ code, hook, extension: `fault.${name}`, job: result.job });
      expect(infotext).toContain(`Skipped: fault.${name} (${hook})`);
    },
  );

  it('those that fail on the way up leave no trace in the picture', async () => {
    const names = readdirSync(fixtures).filter(
      (name) => !(name in inJob) && !/^(neighbour|duplicated|spoofed-name|spoofs-id|leaks-timer)/.test(name),
    );
    const { result, bytes, reports } = await make(names, { options: { 'fault.wrong-option': { amount: 7 } } });
    expect(bytes).toEqual(expected.bytes);
    expect(result.faults).toEqual([]);
    expect(reports.filter(({ state }) => state === 'active').map(({ id }) => id)).toEqual(['fault.neighbour']);
  });

  it('a strict request fails with a code that names extension and hook', async () => {
    const failed = make(['rejects'], {}, true);
    await expect(failed).rejects.toMatchObject({ code: 'JOB_FAULTED' });
    await expect(failed).rejects.toThrow(/fault\.rejects failed in sampling\.guided/);
  });

  it('one that fails in job after job is off until the host reloads, and says so', async () => {
    const extensions = ['rejects', 'neighbour'].map((name) => ({ from: join(fixtures, name) }));
    const host = await createTestHost({ tripAfter: 2, extensions });
    try {
      for (const codes of [['EXT_TAP_THREW'], ['EXT_TAP_THREW'], ['EXT_TRIPPED']]) {
        const result = await host.txt2img(request);
        expect(result.faults.map(({ code }) => code)).toEqual(codes);
        expect(result.images[0]?.image.toBytes()).toEqual(expected.bytes);
      }
      const state = () => host.extensions().find(({ id }) => id === 'fault.rejects');
      expect(state()).toMatchObject({ state: 'tripped', cause: { code: 'EXT_TRIPPED' } });
      await host.reload();
      expect(state()?.state).toBe('active');
    } finally {
      await host.dispose();
    }
  });

  it('a strict job that fails has written no picture', async () => {
    const out = mkdtempSync(join(tmpdir(), 'armature-strict-'));
    const host = await createTestHost({ extensions: [{ from: join(fixtures, 'rejects') }] });
    await expect(host.txt2img({ ...request, strict: true }, { out })).rejects.toMatchObject({ code: 'JOB_FAULTED' });
    await host.dispose();
    expect(readdirSync(out)).toEqual([]);
    rmSync(out, { recursive: true });
  });
});
