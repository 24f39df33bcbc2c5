import type { FamilyNetwork, Shape } from '@armature/sdk';
import type { TensorRecord } from './graph-record.js';
import { OnnxGraphBuilder } from './onnx-graph-builder.js';

const noBytes = new Uint8Array();

/** Every tensor a network is made of, with its shape, by emitting it: no list of names stands anywhere else. */
export async function requiredWeights(network: FamilyNetwork, family: string): Promise<ReadonlyMap<string, Shape>> {
  const required = new Map<string, Shape>();
  const weights = {
    keyOf: (names: readonly string[]): string => network.weightPrefix + names.join('.'),
    find(key: string, shape: Shape): TensorRecord {
      required.set(key, shape);
      return { name: key, type: 'float32', shape, source: { bytes: noBytes } };
    },
  };
  const plan = { network: network.name, family, config: network.config, sockets: [], variants: {} };
  await network.emit(new OnnxGraphBuilder({ plan, weights }));
  return required;
}
