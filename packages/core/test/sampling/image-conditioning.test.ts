import { Conditioning, Latent, Tensor } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { createNoiseSchedule, type NetworkRows, refinerRatio, runSampling } from '../../src/sampling/index.js';
import { type RunOptions, samplingInput } from './sampling-run.js';

const rowsOf = (...values: readonly number[]): Latent =>
  new Latent(
    values.flatMap((value) => new Array<number>(64).fill(value)),
    [values.length, 1, 8, 8],
  );
/** Value of a channel in each row. */
const channel = (latent: Latent, index: number): number[] =>
  Array.from({ length: latent.batch }, (_, row) => latent.at((row * latent.channels + index) * 64));
const denoise = { strength: 0.5, fixedSteps: false };

/** What the network of a short run was fed. */
async function fed(options: Partial<RunOptions>): Promise<readonly NetworkRows[]> {
  const seen: NetworkRows[] = [];
  const network = async (rows: NetworkRows): Promise<Latent> => {
    seen.push(rows);
    return new Latent(new Float32Array(rows.latent.batch * 256), [rows.latent.batch, 4, 8, 8]);
  };
  await runSampling(samplingInput({ sampler: 'Euler', steps: 2, ...options, network }));
  return seen;
}

describe('channels behind the latent', () => {
  const concat = { cond: rowsOf(1, 2), uncond: rowsOf(3, 4) };

  it('belong to their picture, also where a prompt has several parts', async () => {
    const [call] = await fed({ seeds: [1, 2], concat, weights: [[1, 1], [1]] });
    expect(call?.latent.shape).toEqual([5, 5, 8, 8]);
    expect(channel(call?.latent as Latent, 4)).toEqual([1, 1, 2, 3, 4]);
  });

  it('are not scaled, and stay where rows go in two calls', async () => {
    const calls = await fed({ seeds: [1, 2], concat, tokens: [154, 77] });
    expect(calls.slice(0, 2).map(({ latent }) => channel(latent, 4))).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('stay without a negative prompt', async () => {
    const [call] = await fed({ seeds: [1, 2], concat, guidance: { skipEarly: 1 } });
    expect(channel(call?.latent as Latent, 4)).toEqual([1, 2]);
  });

  it('of another size are refused', async () => {
    await expect(fed({ concat: { cond: rowsOf(1, 2), uncond: rowsOf(1) } })).rejects.toMatchObject({
      code: 'SAMPLER_FAILED',
    });
  });
});

describe('guidance by a picture to edit', () => {
  const init = new Latent(new Float32Array(512), [2, 4, 8, 8]);
  const edit = { seeds: [1, 2], init, denoise, concat: { cond: rowsOf(1, 2), uncond: rowsOf(0, 0) }, cfgScale: 7, imageCfgScale: 1.5 };

  it.each([
    [[77, 77], [6]],
    [
      [154, 77],
      [2, 4],
    ],
  ] as const)('asks with prompt and picture, with the picture, with nothing (%j tokens)', async (tokens, batches) => {
    const calls = await fed({ ...edit, tokens });
    const first = calls.slice(0, batches.length);
    expect(first.map(({ latent }) => latent.batch)).toEqual(batches);
    expect(first.flatMap(({ latent }) => channel(latent, 4))).toEqual([1, 2, 1, 2, 0, 0]);
    expect(first.map(({ conditioning }) => conditioning.crossAttention.shape[0])).toEqual(batches);
  });

  it.each(['Euler', 'DDIM'])('%s: nothing + 7 (prompt − picture) + 1.5 (picture − nothing)', async (sampler) => {
    const answers = [2, 3, 5, 6, 11, 12];
    const guided: Latent[] = [];
    const input = samplingInput({ sampler, steps: 4, ...edit });
    await runSampling({
      ...input,
      moments: {
        ...input.moments,
        // x0 of each row.
        wrapDenoiser:
          () =>
          async ({ latent }) =>
            latent.map((_, i) => answers[Math.floor(i / 256)] as number),
        async guided(latent) {
          guided.push(latent);
          return latent;
        },
      },
    });
    expect(channel(guided[0] as Latent, 0)[0]).toBeCloseTo(11 + 7 * (2 - 5) + 1.5 * (5 - 11), 3);
    expect(channel(guided[0] as Latent, 0)[1]).toBeCloseTo(12 + 7 * (3 - 6) + 1.5 * (6 - 12), 3);
  });

  it('keeps the negative prompt at low noise', async () => {
    const calls = await fed({ ...edit, guidance: { minUncond: 1000, minUncondAll: true } });
    expect(new Set(calls.map(({ latent }) => latent.batch))).toEqual(new Set([6]));
  });

  it('has no rows for AND, unless its scale is 1', async () => {
    const wanted = { ...edit, weights: [[1, 1], [1]] };
    await expect(fed(wanted)).rejects.toMatchObject({ code: 'REQUEST_INVALID', data: { field: 'prompt', seen: '2 parts' } });
    expect((await fed({ ...wanted, imageCfgScale: 1 }))[0]?.latent.batch).toBe(5);
  });
});

describe('before a call', () => {
  it('prompts and network may change', async () => {
    const before: unknown[] = [];
    const text = (tokens: number, value: number): Conditioning =>
      new Conditioning(new Tensor(new Float32Array(tokens * 2).fill(value), [1, tokens, 2]));
    let model = 1;
    const seen: number[] = [];
    const input = samplingInput({ sampler: 'Euler', steps: 4 });
    await runSampling({
      ...input,
      positive: () => ({ conditioning: text(77, model) }),
      negative: () => text(77, -model),
      async network(rows) {
        seen.push(model, rows.conditioning.crossAttention.at(0), rows.conditioning.crossAttention.at(154));
        return input.network(rows);
      },
      async beforeCall(at) {
        before.push([at.call, at.sigma, Math.round(at.timestep)]);
        if (at.call === 2) model = 2;
      },
    });
    expect(seen).toEqual([1, 1, -1, 1, 1, -1, 2, 2, -2, 2, 2, -2]);
    expect(before).toEqual(
      input.plan.sigmas.slice(0, -1).map((sigma, call) => [call, sigma, Math.round(input.schedule.sigmaToTimestep(sigma))]),
    );
  });
});

describe('how much is done by noise level', () => {
  const schedule = createNoiseSchedule({ linearStart: 0.00085, linearEnd: 0.012, timesteps: 1000, prediction: 'epsilon' });
  const euler = samplingInput({ sampler: 'Euler' }).sampler;
  const ratio = (timestep: number): number =>
    refinerRatio({ sigma: schedule.timestepToSigma(timestep), timestep }, { sampler: euler, schedule });

  it('counts training timesteps from the noisiest', () => {
    expect([999, 799.2, 199.8, 0].map(ratio)).toEqual([0, 0.2, 0.799, 0.999]);
  });

  it('is a share of LCM’s own levels for LCM, and the timestep’s for timestep samplers', () => {
    const lcm = samplingInput({ sampler: 'LCM' });
    expect(refinerRatio({ sigma: lcm.plan.sigmas[0] as number, timestep: 999 }, lcm)).toBe(0.95);
    expect(refinerRatio({ sigma: 0, timestep: 501.7 }, samplingInput({ sampler: 'UniPC' }))).toBe(0.498);
  });
});
