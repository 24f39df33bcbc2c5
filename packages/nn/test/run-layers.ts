import { type EmitFn, type GraphPlan, isTensor, Tensor, type WeightMap } from '@armature/sdk';
import { startRuntime } from '../../core/src/runtime/index.js';
import { emitNetwork } from '../../core/test/graph/emit-kit.js';
import { memoryWeights } from '../../core/test/graph/memory-weights.js';

type Named = Readonly<Record<string, Tensor>>;

const weightsOf = (tensors: Named): WeightMap =>
  memoryWeights(
    Object.fromEntries(
      Object.entries(tensors).map(([key, tensor]) => [key, { shape: tensor.shape, values: [...tensor.toFloat32Array()] }]),
    ),
  );

/** Runs layers on a runtime: inputs in order, every batch size open. */
export async function startLayers() {
  const runtime = await startRuntime({ threads: 1 });
  return {
    async run(emit: EmitFn, inputs: readonly Tensor[], weights: Named = {}, variants: GraphPlan['variants'] = {}): Promise<Tensor> {
      const graph = await emitNetwork(
        (g) => {
          const values = inputs.map(({ shape }, at) => g.input(`x${at}`, 'float32', ['n', ...shape.slice(1)]));
          g.output('y', emit(g, ...values));
        },
        { weights: weightsOf(weights), variants },
      );
      const session = await runtime.load({ ...graph, label: 'layer' }, { threads: 1, optimization: 'all', config: {} });
      const { outputs } = await runtime.run(session, Object.fromEntries(inputs.map((input, at) => [`x${at}`, [input]])));
      await runtime.unload(session);
      if (!isTensor(outputs.y)) throw new Error('the output did not come back');
      return outputs.y;
    },
    stop: () => runtime.dispose(),
  };
}

/** A tensor of lively values that are the same each time. */
export const wave = (shape: readonly number[], pace = 1.3): Tensor =>
  new Tensor(
    Array.from({ length: shape.reduce((product, dim) => product * dim, 1) }, (_, at) => Math.sin(1 + at * pace) * 1.5),
    shape,
  );

/** A tensor whose every value is made from its indices. */
export function tensorOf(shape: readonly number[], value: (...index: readonly number[]) => number): Tensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  const values = Array.from({ length: size }, (_, flat) => {
    let rest = flat;
    const index = shape.toReversed().map((dim) => {
      const at = rest % dim;
      rest = Math.floor(rest / dim);
      return at;
    });
    return value(...index.reverse());
  });
  return new Tensor(values, shape);
}

/** The value at indices. */
export const at = (tensor: Tensor, ...index: readonly number[]): number =>
  tensor.at(index.reduce((flat, step, axis) => flat * tensor.shape[axis]! + step, 0));
