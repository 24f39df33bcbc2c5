import type { GraphBuilder, GraphValue } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';

/** A length that a layer's weights depend on and that is therefore a number while emitting: channels, width. */
export function channelsOf(g: GraphBuilder, value: GraphValue, axis: number): number {
  const dim = value.shape.at(axis);
  if (typeof dim === 'number') return dim;
  const problem = `axis ${axis} of [${value.shape}] must be a number`;
  throw new HostError('GRAPH_ILLEGAL', { network: g.plan.network, node: g.path, key: 'no weight', problem });
}
