import { join } from 'node:path';
import { type GraphBuilder, type GraphValue, isTensor, Tensor, type WeightMap } from '@armature/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWeights, type WeightsFile } from '../../src/checkpoint/index.js';
import { type Runtime, startRuntime } from '../../src/runtime/index.js';
import { type MadeTensor, safetensorsBytes } from '../checkpoint/safetensors-bytes.js';
import { temporaryFolder } from '../checkpoint/temporary-folder.js';
import { type EmitOptions, emitNetwork, refusal } from './emit-kit.js';
import { memoryWeights } from './memory-weights.js';

const f32 = (shape: readonly number[], values: readonly number[]): MadeTensor => ({
  dtype: 'F32',
  shape,
  data: new Uint8Array(Float32Array.from(values).buffer),
});
const u16 = (dtype: string, shape: readonly number[], bits: readonly number[]): MadeTensor => ({
  dtype,
  shape,
  data: new Uint8Array(Uint16Array.from(bits).buffer),
});
/** 1, −2 and 0.5 in the two 16-bit formats. */
const half = [0x3c00, 0xc000, 0x3800];
const brain = [0x3f80, 0xc000, 0x3f00];
const tensors = {
  'odd.weight': { dtype: 'U8', shape: [1], data: new Uint8Array(1) },
  'net.single.weight': f32([3], [1, -2, 0.5]),
  'net.half.weight': u16('F16', [3], half),
  'net.brain.weight': u16('BF16', [3], brain),
  'net.bytes.weight': { dtype: 'I8', shape: [3], data: new Uint8Array(3) },
};
const folder = temporaryFolder({
  'models/a b/ünï.safetensors': safetensorsBytes(tensors),
  'models/c/second.safetensors': safetensorsBytes(tensors),
});

let runtime: Runtime;
let file: WeightsFile;
let second: WeightsFile;
beforeAll(async () => {
  [runtime, file, second] = await Promise.all([
    startRuntime({ threads: 1 }),
    openWeights(join(folder, 'models/a b/ünï.safetensors')),
    openWeights(join(folder, 'models/c/second.safetensors')),
  ]);
});
afterAll(async () => {
  await Promise.all([runtime.dispose(), file.close(), second.close()]);
});

const timesWeight = (name: string) => (g: GraphBuilder) => {
  const x = g.input('x', 'float32', ['n', 3]);
  g.output(
    'y',
    g.module(name, [x], (g, x) => g.op('Mul', [x, g.weight('weight', [3])])),
  );
};

async function run(emit: (g: GraphBuilder) => void, options: EmitOptions, feeds: Record<string, Tensor> = {}): Promise<number[]> {
  const graph = await emitNetwork(emit, options);
  const session = await runtime.load({ ...graph, label: 'net' }, { threads: 1, optimization: 'all', config: {} });
  const named = { x: new Tensor([10, 20, 30], [1, 3]), ...feeds };
  const known = Object.entries(named).filter(([name]) => graph.inputs.includes(name));
  const { outputs } = await runtime.run(session, Object.fromEntries(known.map(([name, value]) => [name, [value]])));
  return isTensor(outputs.y) ? [...outputs.y.toFloat32Array()] : [];
}

describe('weights', () => {
  it.each(['single', 'half', 'brain'])('of kind %s are used where they lie, at any offset', async (kind) => {
    expect(await run(timesWeight(kind), { weights: file, weightPrefix: 'net.' })).toEqual([10, -40, 15]);
  });

  it('never pass through the graph', async () => {
    const { bytes, externalFolder, weightBytes } = await emitNetwork(timesWeight('single'), { weights: file, weightPrefix: 'net.' });
    expect(Buffer.from(bytes).includes('ünï.safetensors')).toBe(true);
    expect(Buffer.from(bytes).includes(Buffer.from(Float32Array.of(1, -2, 0.5).buffer))).toBe(false);
    expect(externalFolder).toBe(join(file.path, '..'));
    expect(weightBytes).toBe(12);
  });

  it('that were replaced are written into the graph, also when spread from an entry of the file', async () => {
    const replaced = file.with([{ ...file.get('net.half.weight')!, read: async () => Float32Array.of(0, 1, 2) }]);
    expect(await run(timesWeight('half'), { weights: replaced, weightPrefix: 'net.' })).toEqual([0, 20, 60]);
  });

  it('of two files are read below their common folder', async () => {
    const both: WeightMap = { ...second, keys: file.keys, with: file.with, get: (key) => (key.includes('half') ? second : file).get(key) };
    const emit = (g: GraphBuilder) => {
      const x = g.input('x', 'float32', ['n', 3]);
      const weigh = (name: string, x: GraphValue) => g.module(name, [x], (g, x) => g.op('Mul', [x, g.weight('weight', [3])]));
      g.output('y', weigh('half', weigh('single', x)));
    };
    expect((await emitNetwork(emit, { weights: both, weightPrefix: 'net.' })).externalFolder).toBe(join(file.path, '../..'));
    expect(await run(emit, { weights: both, weightPrefix: 'net.' })).toEqual([10, 80, 7.5]);
  });

  it('are refused by name when absent, misshapen, of another dtype, or replaced by too few values', async () => {
    const options = { weights: file, weightPrefix: 'net.' };
    expect(await refusal(timesWeight('absent'), options)).toEqual({
      code: 'CKPT_KEY_MISSING',
      data: { path: expect.stringContaining('emit-kit'), key: 'net.absent.weight', module: 'net.absent' },
    });
    const wrong = await refusal(
      (g) =>
        g.output(
          'y',
          g.module('half', [], (g) => g.weight('weight', [2, 2])),
        ),
      options,
    );
    expect(wrong).toMatchObject({ code: 'CKPT_SHAPE_MISMATCH', data: { key: 'net.half.weight', found: '3', expected: '2,2' } });
    expect(await refusal(timesWeight('bytes'), options)).toMatchObject({ code: 'CKPT_DTYPE', data: { dtype: 'I8' } });
    const short = memoryWeights({ 'net.single.weight': { shape: [3], values: [1] } });
    expect(await refusal(timesWeight('single'), { weights: short, weightPrefix: 'net.' })).toMatchObject({ code: 'CKPT_SHAPE_MISMATCH' });
  });
});

describe('emission', () => {
  it('writes the same thing once, and the same graph the same way', async () => {
    const twice = (g: GraphBuilder) => {
      const x = g.input('x', 'float32', ['n', 3]);
      g.output('y', g.op('Add', [g.op('Mul', [x, g.constant([2])]), g.op('Mul', [x, g.constant([2])])]));
    };
    const [first, again] = [await emitNetwork(twice), await emitNetwork(twice)];
    expect(first.nodes).toBe(3);
    expect(again.digest).toBe(first.digest);
    expect((await emitNetwork((g) => g.output('y', g.op('Neg', [g.input('x', 'float32', ['n', 3])])))).digest).not.toBe(first.digest);
  });

  it('lets a wrap see, replace and extend a module', async () => {
    const paths: string[] = [];
    const options: EmitOptions = {
      weights: file,
      weightPrefix: 'net.',
      wrapModule: (path, emit) => {
        paths.push(path);
        return (g, x) => g.op('Add', [emit(g, x!), g.module('extra', [x!], (g, x) => g.op('Neg', [x]))]);
      },
    };
    const emit = (g: GraphBuilder) =>
      g.output(
        'y',
        g.module('single', [g.input('x', 'float32', ['n', 3])], (g, x) => g.op('Mul', [x, g.weight('weight', [3])])),
      );
    await expect(
      run(emit, { ...options, wrapModule: (path, inner) => (path.endsWith('extra') ? inner : options.wrapModule!(path, inner)) }),
    ).resolves.toEqual([0, -60, -15]);
    expect(paths).toEqual(['net.single']);
  });

  it('finds its way back when a wrap throws and the inner function is emitted instead', async () => {
    const wrapModule: EmitOptions['wrapModule'] =
      (_, emit) =>
      (g, ...inputs) => {
        try {
          g.module('half', inputs, () => {
            throw new Error('gone wrong');
          });
        } catch {
          expect(g.path).toBe('net.single');
        }
        return emit(g, ...inputs);
      };
    const wrapOnce: EmitOptions['wrapModule'] = (path, emit) => (path === 'net.single' ? wrapModule(path, emit) : emit);
    expect(await run(timesWeight('single'), { weights: file, weightPrefix: 'net.', wrapModule: wrapOnce })).toEqual([10, -40, 15]);
  });

  it('adds sockets to their module, several to one', async () => {
    const sockets = ['a', 'b'].map((name) => ({ name: `me.${name}`, at: 'net.single', shape: ['n', 3] }));
    const feeds = { 'me.a': new Tensor([1, 2, 3], [1, 3]), 'me.b': new Tensor([0], [1, 1]) };
    expect(await run(timesWeight('single'), { weights: file, weightPrefix: 'net.', sockets }, feeds)).toEqual([11, -38, 18]);
  });

  it('makes one input of a socket that is planned twice, or at two modules', async () => {
    const socket = { name: 'me.a', at: 'net.single', shape: ['n', 3] };
    const emit = (g: GraphBuilder) => {
      const x = g.input('x', 'float32', ['n', 3]);
      const weigh = (name: string, x: GraphValue) => g.module(name, [x], (g, x) => g.op('Mul', [x, g.weight('weight', [3])]));
      g.output('y', weigh('half', weigh('single', x)));
    };
    const sockets = [socket, { ...socket }, { ...socket, at: 'net.half' }];
    const feeds = { 'me.a': new Tensor([1, 2, 3], [1, 3]) };
    expect(await run(emit, { weights: file, weightPrefix: 'net.', sockets }, feeds)).toEqual([12, 78, 12]);
  });

  it('ends at a pause when the job is cancelled', async () => {
    const signal = AbortSignal.abort();
    expect(await refusal(async (g) => g.pause(), { signal })).toEqual({ code: 'JOB_CANCELLED', data: {} });
  });

  it('lets the event loop run', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await emitNetwork(async (g) => {
      const end = performance.now() + 60;
      while (performance.now() < end) await g.pause();
      g.output('y', g.input('x', 'float32', ['n']));
    });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
  });
});
