import { isTensorHandle, type SessionOptions, type Tensor } from '@armature/sdk';
import type { RunResult, RuntimeGraph } from '../../src/runtime/index.js';
import { onnxFixture } from './onnx-fixture.js';

export const sessionOptions: SessionOptions = { threads: 0, optimization: 'all', config: {} };

const graph = (label: string, bytes: Uint8Array): RuntimeGraph => ({ bytes, externalFolder: '', weightBytes: 0, label });

/** `y = x + r`, both [batch, width]; `double = x + x`. */
export const addGraph = (label = 'add'): RuntimeGraph =>
  graph(
    label,
    onnxFixture({
      nodes: [
        { op: 'Add', inputs: ['x', 'r'], outputs: ['y'] },
        { op: 'Add', inputs: ['x', 'x'], outputs: ['double'] },
      ],
      inputs: [
        { name: 'x', shape: ['batch', 'width'] },
        { name: 'r', shape: ['rows', 'columns'] },
      ],
      outputs: [
        { name: 'y', shape: ['batch', 'width'] },
        { name: 'double', shape: ['batch', 'width'] },
      ],
    }),
  );

/** `y = table[ids]`, an embedding of 4 rows of 2. */
export const gatherGraph = (): RuntimeGraph =>
  graph(
    'gather',
    onnxFixture({
      nodes: [{ op: 'Gather', inputs: ['table', 'ids'], outputs: ['y'] }],
      inputs: [{ name: 'ids', type: 'int64', shape: ['batch', 'tokens'] }],
      outputs: [{ name: 'y', shape: ['batch', 'tokens', 2] }],
      initializers: [{ name: 'table', shape: [4, 2], values: [0, 1, 10, 11, 20, 21, 30, 31] }],
    }),
  );

/** `products` matrix products of 1200×1200, some 40 ms of one core each, so that a run lasts as long as a test wants. */
export function slowGraph(products: number, label = 'slow'): RuntimeGraph {
  const size = 1200;
  const names = Array.from({ length: products + 1 }, (_, index) => `m${index}`);
  return graph(
    label,
    onnxFixture({
      nodes: [
        { op: 'Expand', inputs: ['x', 'size'], outputs: ['m0'] },
        ...names.slice(1).map((name, index) => ({ op: 'MatMul', inputs: [`m${index}`, 'm0'], outputs: [name] })),
        { op: 'ReduceMax', inputs: [names[products] as string], outputs: ['y'] },
      ],
      inputs: [{ name: 'x', shape: [1, 1] }],
      outputs: [{ name: 'y', shape: [1, 1] }],
      initializers: [{ name: 'size', type: 'int64', shape: [2], values: [size, size] }],
    }),
  );
}

/** The values of an output that came back. */
export function valuesOf(result: RunResult, name: string): number[] {
  const output = result.outputs[name];
  if (!output || isTensorHandle(output)) throw new Error(`output "${name}" did not come back`);
  return [...(output as Tensor).toFloat32Array()];
}
