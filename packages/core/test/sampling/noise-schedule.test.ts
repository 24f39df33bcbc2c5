import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtinSamplers, builtinSchedulers, createNoiseSchedule, planSigmas, resolveSampler } from '../../src/sampling/index.js';
import { maxDifference, readTable, tablePath } from './reference-table.js';
import { sigmaDefaults } from './sampling-run.js';

const schedule = createNoiseSchedule({ linearStart: 0.00085, linearEnd: 0.012, timesteps: 1000, prediction: 'epsilon' });
const read = (name: string) => JSON.parse(readFileSync(tablePath(name), 'utf8'));
const resolve = (sampler: string, scheduler: string) =>
  resolveSampler({ sampler, scheduler, samplers: builtinSamplers, schedulers: builtinSchedulers });

describe('noise schedule', () => {
  const alphas = readTable(tablePath('alphas.safetensors'));
  it('has the alphas and sigmas of SD 1', () => {
    expect(maxDifference(schedule.alphasCumprod, alphas.get('alphas_cumprod')?.data ?? [])).toBe(0);
    expect(maxDifference(schedule.sigmas, alphas.get('sigmas')?.data ?? [])).toBeLessThan(1e-5);
  });

  const { extra } = read('sigmas_extra.json') as { extra: Record<string, { in: number[]; out: number[] }> };
  it('converts sigma to timestep and back as the reference', () => {
    const toTimestep = extra.sigma_to_t ?? { in: [], out: [0] };
    const toSigma = extra.t_to_sigma ?? { in: [], out: [0] };
    expect(maxDifference(toTimestep.in.map(schedule.sigmaToTimestep), toTimestep.out)).toBeLessThan(1e-3);
    expect(maxDifference(toSigma.in.map(schedule.timestepToSigma), toSigma.out)).toBeLessThan(1e-5);
  });

  it('clamps outside the trained levels', () => {
    expect(schedule.sigmaToTimestep(1000)).toBe(999);
    expect(schedule.sigmaToTimestep(0)).toBe(0);
  });
});

describe('schedulers', () => {
  const tables = (read('sigmas.json') as { tables: Record<string, Record<string, number[]>> }).tables.sd1 ?? {};
  const built = ['Automatic', ...builtinSchedulers.map((scheduler) => scheduler.label)];
  const rows = Object.entries(tables).filter(([key]) => built.includes(key.split('|')[0] ?? ''));
  it('covers every built schedule', () => expect(rows.length).toBe(120));
  it.each(rows)('%s steps', (key, wanted) => {
    const [label = '', steps] = key.split('|');
    expect(
      maxDifference(planSigmas({ ...sigmaDefaults, ...resolve('Euler', label), steps: Number(steps), schedule }), wanted),
    ).toBeLessThan(1e-5);
  });

  const automatic = (
    read('sigmas_extra.json') as { automatic_per_sampler: Record<string, { sigmas: number[]; schedule_type_infotext: string | null }> }
  ).automatic_per_sampler;
  const samplers = builtinSamplers.filter((sampler) => sampler.kind === 'sigma').map((sampler) => sampler.name);
  it.each(Object.entries(automatic).filter(([key]) => samplers.includes(key.split('|')[0] ?? '')))(
    'Automatic for %s steps',
    (key, wanted) => {
      const [name = '', steps] = key.split('|');
      const choice = resolve(name, 'Automatic');
      expect(choice.scheduler?.label ?? null).toBe(wanted.schedule_type_infotext);
      const levels = choice.sampler.schedule?.(schedule) ?? schedule;
      const sigmas = planSigmas({ ...sigmaDefaults, ...choice, steps: Number(steps), schedule: levels });
      expect(maxDifference(sigmas, wanted.sigmas)).toBeLessThan(1e-5);
    },
  );

  it('gives timestep samplers every (1000 / steps)-th training timestep', () => {
    const sigmas = planSigmas({ ...sigmaDefaults, ...resolve('DDIM', 'Karras'), steps: 8, schedule });
    expect(sigmas.map((sigma) => Math.round(schedule.sigmaToTimestep(sigma)))).toEqual([876, 751, 626, 501, 376, 251, 126, 1]);
    expect(planSigmas({ ...sigmaDefaults, ...resolve('DDIM', ''), steps: 1, schedule }).length).toBe(1);
    expect(planSigmas({ ...sigmaDefaults, ...resolve('DDIM', ''), steps: 1000, schedule }).length).toBe(1000);
  });

  it('drops the last but one level for samplers that ask for it', () => {
    const choice = resolve('Euler', 'Karras');
    const sampler = { ...choice.sampler, discardNextToLast: true };
    const whole = planSigmas({ ...sigmaDefaults, ...choice, steps: 9, schedule });
    expect(planSigmas({ ...sigmaDefaults, ...choice, sampler, steps: 8, schedule })).toEqual([...whole.slice(0, 8), 0]);
  });
});

describe('resolveSampler', () => {
  it.each([
    ['Euler a', 'Automatic', 'Euler a', undefined],
    ['k_euler_a', '', 'Euler a', undefined],
    ['DPM++ 2M', 'Automatic', 'DPM++ 2M', 'Karras'],
    ['DPM++ 2M Karras', 'Automatic', 'DPM++ 2M', 'Karras'],
    ['Euler a SGMUniform', 'Karras', 'Euler a', 'SGM Uniform'],
    ['Euler', 'karras', 'Euler', 'Karras'],
    ['euler A', 'exponential', 'Euler a', 'Exponential'],
    ['DPM++ 2M SDE Exponential', 'Automatic', 'DPM++ 2M SDE', 'Exponential'],
    ['DPM++ 2M', 'Uniform', 'DPM++ 2M', 'Uniform'],
  ])('%s with %s', (sampler, scheduler, name, label) => {
    const choice = resolve(sampler, scheduler);
    expect([choice.sampler.name, choice.scheduler?.label]).toEqual([name, label]);
  });

  it('names an unknown sampler or scheduler', () => {
    expect(() => resolve('Eulr', 'Automatic')).toThrow(expect.objectContaining({ code: 'SAMPLER_UNKNOWN' }));
    expect(() => resolve('', 'Automatic')).toThrow(expect.objectContaining({ code: 'SAMPLER_UNKNOWN' }));
    expect(() => resolve('Euler', 'Krras')).toThrow(expect.objectContaining({ code: 'SCHEDULER_UNKNOWN' }));
  });

  it('prefers a sampler of that very name to a split one', () => {
    const custom = { ...resolve('Euler', '').sampler, name: 'Euler Karras' };
    const choice = resolveSampler({
      sampler: 'Euler Karras',
      scheduler: '',
      samplers: [...builtinSamplers, custom],
      schedulers: builtinSchedulers,
    });
    expect(choice.sampler).toBe(custom);
  });
});
