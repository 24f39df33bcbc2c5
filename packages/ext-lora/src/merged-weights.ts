import type { WeightEntry, WeightMap } from '@armature/sdk';
import { finishedChange } from './finished-change.js';
import { inSlices } from './in-slices.js';
import { modelModules } from './model-modules.js';
import { type NetworkModule, readModule } from './network-file.js';
import { type Part, sizeOf } from './part.js';
import { type NetworkTrouble, type PlannedChange, plannedChanges, rideAlong } from './planned-changes.js';
import type { WantedNetwork } from './wanted-network.js';

/**
 * The weights with the networks in them: each adds to what those before it have made (`network_apply_weights`), when the tensor is
 * read. A module that does not fit is left out and told. What rides along as inputs of the network is not in them.
 */
export function mergedWeights(weights: WeightMap, networks: readonly WantedNetwork[], trouble: NetworkTrouble): WeightMap {
  const planned = plannedChanges(networks, modelModules(weights.keys), trouble);
  const merged = [...planned.values()].filter((changes) => !rideAlong(changes));
  const entries = merged.flatMap((changes) => {
    const { weight, bias } = (changes[0] as PlannedChange).target;
    const beside = bias !== undefined && changes.some(({ module }) => hasBias(module)) ? bias : undefined;
    return [weight, beside].flatMap((key) => {
      const entry = key === undefined ? undefined : weights.get(key);
      if (!entry) return [];
      const read = key === weight ? () => changedWeight(entry, changes, trouble) : () => changedBias(entry, weights.get(weight), changes);
      return [{ key: entry.key, dtype: 'F32', shape: entry.shape, read } satisfies WeightEntry];
    });
  });
  return weights.with(entries);
}

const hasBias = ({ entries }: NetworkModule): boolean => entries.has('diff_b') || entries.has('b_norm');

async function changedWeight(entry: WeightEntry, changes: readonly PlannedChange[], trouble: NetworkTrouble): Promise<Float32Array> {
  // Who replaced the tensor before may hand out its own numbers.
  const values = (await entry.read()).slice();
  for (const { network, module, target, multiplier } of changes) {
    try {
      const weight = sliceOf(values, entry.shape, target.third);
      const parts = await readModule(module);
      const { delta } = await finishedChange(module.kind, { parts, weight, ranks: network.ranks }, multiplier);
      await inSlices(delta.length, (from, to) => {
        for (let at = from; at < to; at++) weight.values[at] = (weight.values[at] as number) + (delta[at] as number);
      });
    } catch (error) {
      trouble.failed(network, module.name, error instanceof Error ? error.message : String(error));
    }
  }
  return values;
}

/** The whole weight, or the third of it that is the queries', the keys' or the values'. */
function sliceOf(values: Float32Array, shape: readonly number[], third: number | undefined): Part {
  if (third === undefined) return { values, shape };
  const [rows = 0, ...others] = shape;
  const part = [rows / 3, ...others];
  return { values: values.subarray(third * sizeOf(part), (third + 1) * sizeOf(part)), shape: part };
}

/** Where a change of a weight fails that of its bias is left out too; the weight's own reading tells it. */
async function changedBias(entry: WeightEntry, weight: WeightEntry | undefined, changes: readonly PlannedChange[]): Promise<Float32Array> {
  const values = (await entry.read()).slice();
  for (const { module, network, multiplier } of changes.filter(({ module }) => hasBias(module))) {
    try {
      const parts = await readModule(module);
      const whole = { values: (await weight?.read()) ?? new Float32Array(), shape: weight?.shape ?? [] };
      const { bias } = await finishedChange(module.kind, { parts, weight: whole, ranks: network.ranks }, multiplier);
      if (bias?.length !== values.length) continue;
      for (const [at, change] of bias.entries()) values[at] = (values[at] as number) + change;
    } catch {}
  }
  return values;
}
