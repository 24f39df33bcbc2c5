import type { WeightEntry, WeightMap } from '@armature/sdk';
import { blockWeightOf } from './block-weights.js';
import { compvisName } from './compvis-name.js';
import { findModule } from './find-module.js';
import { finishedChange } from './finished-change.js';
import { inSlices } from './in-slices.js';
import { isSd2, type ModelModule, modelModules } from './model-modules.js';
import { type NetworkModule, readModule } from './network-file.js';
import { type Part, sizeOf } from './part.js';
import type { WantedNetwork } from './wanted-network.js';

/** What did not work out for a network, while its weights were merged. */
export interface NetworkTrouble {
  /** Modules of its file that the checkpoint has not, or that are of no known kind. */
  unmatched(network: WantedNetwork, modules: readonly string[]): void;
  /** A module that could not be applied. */
  failed(network: WantedNetwork, module: string, problem: string): void;
}

/** A module's change of one tensor, as planned. */
interface PlannedChange {
  readonly network: WantedNetwork;
  readonly module: NetworkModule;
  readonly target: ModelModule;
  readonly multiplier: number;
}

/**
 * The weights with the networks in them: each adds to what those before it have made (`network_apply_weights`), when the tensor is
 * read. A module that does not fit is left out and told.
 */
export function mergedWeights(weights: WeightMap, networks: readonly WantedNetwork[], trouble: NetworkTrouble): WeightMap {
  const modules = modelModules(weights.keys);
  const planned = networks.flatMap((network) => plannedChanges(network, modules, trouble));
  const byTarget = new Map<string, PlannedChange[]>();
  for (const change of planned) byTarget.set(change.target.weight, [...(byTarget.get(change.target.weight) ?? []), change]);
  const entries = [...byTarget.values()].flatMap((changes) => {
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

/** Which strength counts is told by the module's name, as in the reference. */
function strengthOf({ te, unet, blocks }: WantedNetwork, { name }: ModelModule): number {
  const strength = name.slice(0, 20).includes('transformer') ? te : unet;
  return blocks ? strength * blockWeightOf(blocks, name) : strength;
}

function plannedChanges(
  network: WantedNetwork,
  modules: ReadonlyMap<string, ModelModule>,
  trouble: NetworkTrouble,
): readonly PlannedChange[] {
  const sd2 = isSd2(modules);
  const missing: string[] = [];
  const planned = network.file.modules.flatMap((module) => {
    const target = findModule(modules, compvisName(module.name, sd2), module.name);
    if (!target) missing.push(module.name);
    const multiplier = target ? strengthOf(network, target) : 0;
    return target && multiplier !== 0 ? [{ network, module, target, multiplier }] : [];
  });
  const unmatched = [...missing, ...network.file.unknown];
  if (unmatched.length > 0) trouble.unmatched(network, unmatched);
  return planned;
}

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
