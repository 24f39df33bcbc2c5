import type { FamilyNetwork, GraphBuilder } from '@armature/sdk';

/** A network that is emitted from its dimensions. */
export function familyNetwork<C extends object>(
  name: string,
  weightPrefix: string,
  config: C,
  emit: (g: GraphBuilder, config: C) => Promise<void>,
): FamilyNetwork {
  return { name, weightPrefix, config: Object.fromEntries(Object.entries(config)), emit: (g) => emit(g, config) };
}
