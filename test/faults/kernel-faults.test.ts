import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createBundler } from '@armature/compose';
import type { Fault } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import type { HostConfig } from '../../packages/core/src/api/host-api.js';
import { generationOf } from '../../packages/core/test/generation/generation-kit.js';
import { jobOf, latentOf, stepScope, unetPlan } from '../../packages/core/test/hooks/hook-kit.js';
import { hangClock } from './hang-clock.js';

const fixtures = join(dirname(fileURLToPath(import.meta.url)), 'fixtures');
const STEPS = 5;
/** Looks at imports; JavaScript is loaded as it stands, so it writes nothing. */
const bundler = createBundler({ cacheFolder: join(fixtures, 'none') });

/** A job in small: emit one module, then five steps of denoiser and guidance. The neighbour adds one in each step. */
async function run(names: readonly string[], config: HostConfig = {}) {
  const extensions = [...names, 'neighbour'].map((name) => ({ from: join(fixtures, name) }));
  const generation = await generationOf({ bundler, ...config, extensions }, { clock: hangClock() });
  const job = jobOf();
  const { hooks } = generation;
  const emitted = { name: 'x', type: 'float32', shape: [1] } as const;
  hooks.graph.module.wrap(() => emitted, { ...stepScope(job), plan: unetPlan, path: 'unet.out', weightPrefix: 'model.' })({} as never);
  let evaluations = 0;
  const denoise = hooks.sampling.denoiser.wrap(async ({ latent }) => {
    evaluations += 1;
    return latent;
  }, stepScope(job));
  let latent = latentOf(0);
  for (let index = 0; index < STEPS; index++) {
    const scope = stepScope(job, index);
    latent = await hooks.sampling.guided.transform(await denoise({ latent } as never), scope);
  }
  generation.settle(job);
  const reports = Object.fromEntries(generation.extensions().map((report) => [report.origin.slice(fixtures.length + 1), report]));
  return { generation, reports, faults: hooks.ledgerOf(job).faults, latent: latent.at(0), evaluations, emitted };
}

/** Faults in the middle of a job: fixture → what the job's fault says. */
const inJob: Readonly<Record<string, Partial<Fault>>> = {
  'throws-at-step-3': { code: 'EXT_TAP_THREW', hook: 'sampling.guided', step: 3 },
  rejects: { code: 'EXT_TAP_THREW', hook: 'sampling.guided', step: 0 },
  hangs: { code: 'EXT_TAP_HUNG', hook: 'sampling.guided', step: 0 },
  'returns-false': { code: 'EXT_TAP_RETURNED', hook: 'sampling.guided', step: 2 },
  'returns-null': { code: 'EXT_TAP_RETURNED', hook: 'sampling.guided', step: 0 },
  'returns-array': { code: 'EXT_TAP_RETURNED', hook: 'sampling.guided', step: 0 },
  'promise-from-sync-hook': { code: 'EXT_TAP_RETURNED', hook: 'graph.module' },
  'late-tap': { code: 'EXT_SEALED', hook: 'sampling.guided', step: 0 },
  'spoofed-name': { code: 'EXT_TAP_THREW', hook: 'sampling.guided', step: 0 },
  'wraps-and-throws': { code: 'EXT_TAP_THREW', hook: 'sampling.denoiser' },
  'broken-source-map': { code: 'EXT_TAP_THREW', hook: 'sampling.guided', step: 0 },
};

/** Faults on the way up: fixture → state, code, and where it shows when the state does not say. */
const onTheWayUp: Readonly<Record<string, readonly [state: string, code: string, hook?: string]>> = {
  'opens-port-twice': ['failed', 'EXT_SETUP_THREW'],
  'unknown-capability': ['invalid', 'EXT_MANIFEST'],
  'undeclared-net': ['invalid', 'EXT_CAPABILITY'],
  'undeclared-graph': ['invalid', 'EXT_CAPABILITY', 'setup'],
  'throws-in-setup': ['failed', 'EXT_SETUP_THREW'],
  'hangs-in-setup': ['failed', 'EXT_TAP_HUNG'],
  'spoofs-tap-name': ['failed', 'EXT_TAP_OPTION'],
  'wrong-engine': ['invalid', 'EXT_ENGINE_MISMATCH'],
  'wrong-api': ['invalid', 'EXT_API_MISMATCH'],
  'wrong-schema': ['invalid', 'EXT_SCHEMA'],
  'wrong-option': ['invalid', 'EXT_OPTIONS'],
  'requires-missing': ['blocked', 'EXT_BLOCKED'],
};
const options = { 'fault.wrong-option': { amount: 7 } };

describe('a fault in a job', () => {
  it.each(Object.entries(inJob))('%s: named with extension, hook and job; the neighbour has its effect', async (name, expected) => {
    const { faults, latent, evaluations, reports } = await run([name]);
    expect(latent).toBe(STEPS);
    expect(evaluations).toBe(STEPS);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ ...expected, extension: `fault.${name}`, job: 'job-1' });
    expect(faults[0]?.message).toContain(`fault.${name}`);
    expect(reports[name]?.state).toBe('active');
  });

  it('trips the extension when it comes back job after job', async () => {
    const { reports, latent } = await run(['rejects'], { tripAfter: 1 });
    expect(reports.rejects).toMatchObject({ state: 'tripped', cause: { code: 'EXT_TRIPPED' } });
    expect(reports.neighbour?.state).toBe('active');
    expect(latent).toBe(STEPS);
  });
});

describe('a fault on the way up', () => {
  it.each(Object.entries(onTheWayUp))('%s: reported and left out; the neighbour has its effect', async (name, [state, code, hook]) => {
    const { faults, latent, reports, generation } = await run([name], { options });
    expect(latent).toBe(STEPS);
    expect(faults).toEqual([]);
    expect(reports[name]).toMatchObject({ id: `fault.${name}`, state, cause: { code } });
    expect(reports[name]?.cause?.message).toContain(name);
    expect(generation.faults).toMatchObject([{ code, extension: `fault.${name}`, hook: hook ?? (state === 'failed' ? 'setup' : 'load') }]);
  });

  it('a cycle names the way round, and neither takes part', async () => {
    const { latent, reports } = await run(['cyclic-first', 'cyclic-second']);
    expect(latent).toBe(STEPS);
    for (const name of ['cyclic-first', 'cyclic-second']) {
      expect(reports[name]).toMatchObject({ state: 'invalid', cause: { code: 'EXT_CYCLE' } });
      expect(reports[name]?.cause?.message).toMatch(/fault\.cyclic-\w+ → fault\.cyclic-\w+ → fault\.cyclic-\w+/);
    }
  });

  it('a duplicate names both places, and the first takes part', async () => {
    const { latent, reports } = await run(['duplicated', 'duplicated-copy']);
    expect(latent).toBe(STEPS * 101);
    expect(reports.duplicated?.state).toBe('active');
    expect(reports['duplicated-copy']).toMatchObject({ state: 'invalid', cause: { code: 'EXT_DUPLICATE_ID' } });
    expect(reports['duplicated-copy']?.cause?.message).toContain(join(fixtures, 'duplicated-copy'));
  });
});

it('all of them together leave the neighbour alone', async () => {
  const names = readdirSync(fixtures).filter((name) => !/^(neighbour|duplicated|spoofs-id)/.test(name));
  const { latent, evaluations, faults, reports } = await run(names, { options });
  expect(latent).toBe(STEPS);
  expect(evaluations).toBe(STEPS);
  expect(faults.map((fault) => fault.extension).sort()).toEqual(
    Object.keys(inJob)
      .map((name) => `fault.${name}`)
      .sort(),
  );
  expect(Object.keys(reports).sort()).toEqual([...names, 'neighbour'].sort());
});
