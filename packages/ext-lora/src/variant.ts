import { isLowRank } from './planned-changes.js';
import type { WantedNetwork } from './wanted-network.js';

/**
 * What the networks make of a session, in words that are equal where the session is; undefined: nothing, as when all of them are of low
 * rank. With one that is not, the others count too: what both change is merged.
 */
export function variant(networks: readonly WantedNetwork[], network: string | undefined): string | undefined {
  if (networks.every(({ file }) => file.modules.every(isLowRank))) return undefined;
  const strengths = ({ te, unet }: WantedNetwork): readonly number[] => {
    if (network === undefined) return [te, unet];
    if (network === 'unet') return [unet];
    // A family may have several text encoders.
    return network.startsWith('text-encoder') ? [te] : [0];
  };
  const parts = networks
    .map((wanted) => ({ wanted, by: strengths(wanted) }))
    .filter(({ by }) => by.some((strength) => strength !== 0))
    .map(({ wanted, by }) => [wanted.file.weightsId, ...by, wanted.ranks ?? null, ...(wanted.blocks?.values() ?? [])]);
  return parts.length === 0 ? undefined : JSON.stringify(parts);
}
