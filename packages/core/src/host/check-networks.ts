import type { DetectedModel, Shape, WeightMap } from '@armature/sdk';
import type { ModelCheck, NetworkCheck } from '../api/index.js';
import { requiredWeights } from '../graph/index.js';

/** Holds what each network of a checkpoint asks for against what the file has. @throws HostError GRAPH_ILLEGAL */
export async function checkNetworks(
  { networks, family }: DetectedModel,
  weights: WeightMap,
): Promise<Pick<ModelCheck, 'networks' | 'unread'>> {
  const read = new Set<string>();
  const checks: NetworkCheck[] = [];
  for (const network of networks) {
    const required = await requiredWeights(network, family);
    for (const key of required.keys()) read.add(key);
    checks.push(checkNetwork(network.name, required, weights));
  }
  return { networks: checks, unread: byModule([...weights.keys].filter((key) => !read.has(key))) };
}

function checkNetwork(network: string, required: ReadonlyMap<string, Shape>, weights: WeightMap): NetworkCheck {
  const missing: string[] = [];
  const unfit: NetworkCheck['unfit'][number][] = [];
  for (const [key, expected] of required) {
    const found = weights.get(key)?.shape;
    if (!found) missing.push(key);
    else if (`${found}` !== `${expected}`) unfit.push({ key, found, expected });
  }
  return { network, needed: required.size, matched: required.size - missing.length - unfit.length, missing, unfit };
}

/** By the first two names of a key: `first_stage_model.loss`, `model_ema.diffusion_model`. */
function byModule(keys: readonly string[]): ModelCheck['unread'] {
  const counts = new Map<string, number>();
  for (const key of keys) {
    const module = key.split('.').slice(0, 2).join('.');
    counts.set(module, (counts.get(module) ?? 0) + 1);
  }
  return [...counts].map(([module, tensors]) => ({ module, tensors })).sort((a, b) => b.tensors - a.tensors);
}
