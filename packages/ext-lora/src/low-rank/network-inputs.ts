import type { GraphInputs, InputsScope } from '@armature/sdk';
import type { CheckpointModules } from '../checkpoint-modules.js';
import type { Factors } from '../kinds/module-kind.js';
import { readModule } from '../network-file.js';
import { type NetworkTrouble, type PlannedChange, plannedChanges, rideAlong } from '../planned-changes.js';
import type { WantedNetwork } from '../wanted-network.js';
import { inputNames } from './input-names.js';
import { joinedPairs } from './joined-pairs.js';
import { lowRankPair } from './low-rank-pair.js';

/** What a network's inputs are given for the networks of a job. A module that does not fit is left out and told. */
export async function networkInputs(
  wanted: readonly WantedNetwork[],
  { modules, shapes }: CheckpointModules,
  { inputs, weightPrefix, plan }: Pick<InputsScope, 'inputs' | 'weightPrefix' | 'plan'>,
  trouble: NetworkTrouble,
): Promise<GraphInputs> {
  const given: [string, GraphInputs[string]][] = [];
  for (const [key, changes] of plannedChanges(wanted, modules, trouble)) {
    if (!key.startsWith(weightPrefix) || !rideAlong(changes)) continue;
    const names = inputNames(key);
    if (!inputs.has(names.up)) {
      // Of a text encoder the last layers may be left out; a UNet's weights are all used, unless somebody has replaced their module.
      if (plan.network === 'unet')
        for (const { network, module } of changes) trouble.failed(network, module.name, 'its place in the network is taken');
      continue;
    }
    const pairs = await readPairs(changes, shapes.get(key) ?? [], trouble);
    if (pairs.length === 0) continue;
    const { down, up } = joinedPairs(pairs);
    given.push([names.down, [down]], [names.up, [up]]);
  }
  return Object.fromEntries(given);
}

async function readPairs(
  changes: readonly PlannedChange[],
  shape: readonly number[],
  trouble: NetworkTrouble,
): Promise<readonly Factors[]> {
  const pairs: Factors[] = [];
  for (const change of changes) {
    try {
      pairs.push(lowRankPair(change, await readModule(change.module), shape));
    } catch (error) {
      trouble.failed(change.network, change.module.name, error instanceof Error ? error.message : String(error));
    }
  }
  return pairs.filter(({ down }) => (down.shape[0] ?? 0) > 0);
}
