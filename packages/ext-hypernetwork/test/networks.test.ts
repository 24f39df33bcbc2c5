import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  defineExtension,
  type GraphBuilder,
  type GraphValue,
  SESSIONS,
  type SessionsApi,
  Tensor,
  WEIGHTS,
  type WeightsApi,
} from '@armature/sdk';
import { createTestHost, inlineExtension } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { activations } from '../src/activations.js';
import { changedContext, multiplierInput } from '../src/changed-context.js';
import { readHypernetwork } from '../src/read-hypernetwork.js';
import golden from './golden.json' with { type: 'json' };
import { filled, safetensors } from './hypernetwork-kit.js';

const difference = (seen: Float32Array, wanted: readonly number[]): number =>
  Math.max(...wanted.map((value, at) => Math.abs(value - (seen[at] as number)) / Math.max(1, Math.abs(value))));

describe('the networks, beside what PyTorch makes of them', () => {
  let host: Awaited<ReturnType<typeof createTestHost>>;
  let folder: string;
  let sessions: SessionsApi;
  let weights: WeightsApi;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'armature-hypernet-'));
    const tools = defineExtension({
      setup({ use }) {
        sessions = use(SESSIONS);
        weights = use(WEIGHTS);
      },
    });
    host = await createTestHost({ extensions: [inlineExtension('test.tools', tools)] });
  });
  afterAll(async () => {
    await host?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs one network of its own over `file`. */
  async function run(file: string, emit: (g: GraphBuilder, x: GraphValue) => GraphValue, x: Tensor, more: Record<string, Tensor> = {}) {
    const network = await sessions.open({
      key: `test ${Math.random()}`,
      weightsPath: file,
      weightPrefix: '',
      emit: async (g) =>
        g.output(
          'y',
          emit(
            g,
            g.input(
              'x',
              'float32',
              x.shape.map((_, axis) => (axis < x.shape.length - 1 ? `d${axis}` : (x.shape[axis] as number))),
            ),
          ),
        ),
    });
    const { y } = await network.run({ x, ...more });
    await network.free();
    return (y as Tensor).toFloat32Array();
  }

  it.each(Object.entries(golden.activations))('%s', async (name, wanted) => {
    const file = join(folder, 'none.safetensors');
    await writeFile(file, safetensors({ none: filled([1], 0) }));
    const seen = await run(
      file,
      (g, x) => g.op('Add', [(activations[name] as (typeof activations)[string])(g, x), g.weight('none', [1])]),
      new Tensor(golden.x, [1, golden.x.length]),
    );
    expect(difference(seen, wanted)).toBeLessThan(2e-6);
  });

  it('knows no activation that was not compared', () => {
    expect(Object.keys(activations).sort()).toEqual(Object.keys(golden.activations).sort());
  });

  it('normalises behind each layer, at a strength', async () => {
    const shapes = { 0: [[6, 4], [6]], 2: [[6], [6]], 3: [[4, 6], [4]], 5: [[4], [4]] } as const;
    const tensors = Object.entries(shapes).flatMap(([at, [weight, bias]]) => [
      [`linear.${at}.weight`, filled(weight, Number(at) + 1)] as const,
      [`linear.${at}.bias`, filled(bias, Number(at) + 2)] as const,
    ]);
    const file = join(folder, 'swish.safetensors');
    const both = [0, 1].flatMap((part) => tensors.map(([key, tensor]) => [`4.${part}.${key}`, tensor] as const));
    await writeFile(
      file,
      safetensors(Object.fromEntries(both), { activation_func: 'swish', activate_output: 'True', is_layer_norm: 'True' }),
    );
    const opened = await weights.open(file);
    const network = await readHypernetwork(file, opened);
    await opened.close();
    const named = tensors.map(([, tensor], at) => [`hypernet.0.${at >> 1}.${at % 2 === 0 ? 'weight' : 'bias'}`, tensor] as const);
    const own = join(folder, 'own.safetensors');
    await writeFile(own, safetensors(Object.fromEntries(named)));
    const active = [{ network, multiplier: 0.7 }];
    const strength = { [multiplierInput(0)]: new Tensor([0.7], [1]) };
    const seen = await run(own, (g, x) => changedContext(g, x, 'k', active), new Tensor(golden.network.x, [2, 3, 4]), strength);
    expect(difference(seen, golden.network.y)).toBeLessThan(5e-6);
  });
});
