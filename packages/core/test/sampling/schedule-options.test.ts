import { readFileSync } from 'node:fs';
import type { NoiseSchedule } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import {
  builtinSamplers,
  builtinSchedulers,
  createNoiseSchedule,
  overrideSchedule,
  planSigmas,
  resolveSampler,
  type SigmaRequest,
} from '../../src/sampling/index.js';
import { maxDifference, tablePath } from './reference-table.js';
import { sigmaDefaults } from './sampling-run.js';

const model = createNoiseSchedule({ linearStart: 0.00085, linearEnd: 0.012, timesteps: 1000, prediction: 'epsilon' });
const none = { halfAlphas: false, zeroTerminalSnr: false, quantized: false };
const read = (name: string) => JSON.parse(readFileSync(tablePath(name), 'utf8'));
const { tables } = read('sigmas.json') as { tables: Record<string, Record<string, number[]>> };
const { extra } = read('sigmas_extra.json') as {
  extra: Record<string, number[]> & { sigma_to_t: { in: number[]; out_quantized: number[] } };
};

interface Plan {
  readonly scheduler: string;
  readonly steps: number;
  readonly family?: string;
  readonly schedule?: NoiseSchedule;
  readonly options?: Partial<SigmaRequest['options']>;
}

function sigmasOf({ scheduler, steps, family = 'sd1', schedule = model, options }: Plan): readonly number[] {
  const choice = resolveSampler({ sampler: 'Euler', scheduler, samplers: builtinSamplers, schedulers: builtinSchedulers });
  return planSigmas({ ...choice, steps, schedule, family, options: { ...sigmaDefaults.options, ...options } });
}

describe('options of schedules', () => {
  it.each([
    ['karras rho3 ', 'Karras', { rho: 3 }],
    ['karras old 0.1..10', 'Karras', { oldRange: true }],
    ['polyexp rho2', 'Polyexponential', { rho: 2 }],
  ] as const)('%s', (key, scheduler, options) => {
    for (const steps of [8, 20])
      expect(maxDifference(sigmasOf({ scheduler, steps, options }), extra[`${key}|${steps}`] ?? [])).toBeLessThan(1e-5);
  });

  it('takes the ends from the user, and drops the last but one level', () => {
    const options = { sigmaMin: 0.1, sigmaMax: 8 };
    const sigmas = sigmasOf({ scheduler: 'Exponential', steps: 5, options });
    expect(maxDifference([sigmas[0], sigmas.at(-2), sigmas.at(-1)] as number[], [8, 0.1, 0])).toBeLessThan(1e-6);
    const longer = sigmasOf({ scheduler: 'Exponential', steps: 6, options });
    expect(sigmasOf({ scheduler: 'Exponential', steps: 5, options: { ...options, discardNextToLast: true } })).toEqual([
      ...longer.slice(0, 5),
      0,
    ]);
  });

  it("a schedule without curvature ignores the user's", () => {
    expect(sigmasOf({ scheduler: 'Exponential', steps: 5, options: { rho: 3 } })).toEqual(sigmasOf({ scheduler: 'Exponential', steps: 5 }));
  });

  it('fits Align Your Steps to SDXL', () => {
    const rows = Object.entries(tables.sdxl ?? {}).filter(([key]) => key.startsWith('Align Your Steps|'));
    expect(rows.length).toBeGreaterThan(0);
    for (const [key, wanted] of rows) {
      const steps = Number(key.split('|')[1]);
      expect(maxDifference(sigmasOf({ scheduler: 'Align Your Steps', steps, family: 'sdxl' }), wanted)).toBeLessThan(1e-5);
    }
  });

  it("the shape of Beta is the user's", () => {
    // Beta(1, 1) is uniform; Beta(2, 1) has the quantile √p.
    const at = (betaAlpha: number): readonly number[] =>
      sigmasOf({ scheduler: 'Beta', steps: 5, options: { betaAlpha, betaBeta: 1, sigmaMin: 1, sigmaMax: 5 } });
    expect(maxDifference(at(1), [5, 4, 3, 2, 1, 0])).toBeLessThan(1e-6);
    const rooted = [1, 0.75, 0.5, 0.25, 0].map((share) => 1 + 4 * Math.sqrt(share));
    expect(maxDifference(at(2), [...rooted, 0])).toBeLessThan(1e-6);
  });
});

describe('options of noise levels', () => {
  it('changes nothing unless asked', () => expect(overrideSchedule(model, none)).toBe(model));

  it('rescales to zero terminal SNR', () => {
    const schedule = overrideSchedule(model, { ...none, zeroTerminalSnr: true });
    const rows = Object.entries(tables.sd1_zero_terminal_snr ?? {});
    expect(rows.length).toBeGreaterThan(0);
    for (const [key, wanted] of rows) {
      const [scheduler = '', steps] = key.split('|');
      const sigmas = sigmasOf({ scheduler, steps: Number(steps), schedule });
      // Levels go up to 4500 here: the difference is relative.
      const off = sigmas.map((sigma, i) => Math.abs(sigma - (wanted[i] as number)) / Math.max(1, wanted[i] as number));
      expect([key, sigmas.length, Math.max(...off) < 2e-5]).toEqual([key, wanted.length, true]);
    }
  });

  it('rounds to trained timesteps', () => {
    const { sigmaToTimestep } = overrideSchedule(model, { ...none, quantized: true });
    expect(extra.sigma_to_t.in.map(sigmaToTimestep)).toEqual(extra.sigma_to_t.out_quantized);
  });

  it('counts in half precision', () => {
    const { alphasCumprod, sigmas } = overrideSchedule(model, { ...none, halfAlphas: true });
    // Half precision keeps 11 bits.
    expect(alphasCumprod.every((alpha) => Number.isInteger((alpha / 2 ** Math.floor(Math.log2(alpha))) * 1024))).toBe(true);
    expect([alphasCumprod[0], sigmas[999]]).toEqual([0.9990234375, 14.609375]);
  });
});
