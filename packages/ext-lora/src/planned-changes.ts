import { blockWeightOf } from './block-weights.js';
import { compvisName } from './compvis-name.js';
import { findModule } from './find-module.js';
import { isSd2, type ModelModule } from './model-modules.js';
import type { NetworkModule } from './network-file.js';
import type { WantedNetwork } from './wanted-network.js';

/** What did not work out for a network, while it was brought into a checkpoint. */
export interface NetworkTrouble {
  /** Modules of its file that the checkpoint has not, or that are of no known kind. */
  unmatched(network: WantedNetwork, modules: readonly string[]): void;
  /** A module that could not be applied. */
  failed(network: WantedNetwork, module: string, problem: string): void;
}

/** A module's change of one tensor, as planned. */
export interface PlannedChange {
  readonly network: WantedNetwork;
  readonly module: NetworkModule;
  readonly target: ModelModule;
  readonly multiplier: number;
}

/** What the networks change, by the key of the weight, each in the order of the prompt. What a checkpoint has not is told. */
export function plannedChanges(
  networks: readonly WantedNetwork[],
  modules: ReadonlyMap<string, ModelModule>,
  trouble: NetworkTrouble,
): ReadonlyMap<string, readonly PlannedChange[]> {
  const byTarget = new Map<string, PlannedChange[]>();
  for (const change of networks.flatMap((network) => changesOf(network, modules, trouble)))
    byTarget.set(change.target.weight, [...(byTarget.get(change.target.weight) ?? []), change]);
  return byTarget;
}

/** Changes of low rank alone go beside the weight as inputs of the network; with any other, all are merged into it. */
export const rideAlong = (changes: readonly PlannedChange[]): boolean => changes.every(({ module }) => isLowRank(module));

/** A module that is nothing but a product of two small matrices. */
export const isLowRank = ({ kind, entries }: NetworkModule): boolean => kind.isLowRank?.(new Set(entries.keys())) ?? false;

/** Which strength counts is told by the module's name, as in the reference. */
function strengthOf({ te, unet, blocks }: WantedNetwork, { name }: ModelModule): number {
  const strength = name.slice(0, 20).includes('transformer') ? te : unet;
  return blocks ? strength * blockWeightOf(blocks, name) : strength;
}

function changesOf(network: WantedNetwork, modules: ReadonlyMap<string, ModelModule>, trouble: NetworkTrouble): readonly PlannedChange[] {
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
