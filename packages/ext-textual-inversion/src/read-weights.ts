import type { WeightEntry, WeightsApi } from '@armature/sdk';
import { checkedVectors, vectorShape } from './checked-vectors.js';
import type { TrainedEmbedding } from './trained-embedding.js';
import { unfit } from './unfit.js';

type OpenWeights = Awaited<ReturnType<WeightsApi['open']>>;

const params = 'string_to_param.';

/**
 * An embedding from a weights file (`create_embedding_from_data`): the webui's own with one entry in `string_to_param`, one
 * tensor under any name (diffusers), or `clip_l` and `clip_g` for a model with two encoders.
 * @throws HostError EMBEDDING_UNFIT, CKPT_*
 */
export async function readWeights(file: { readonly path: string; readonly name: string }, weights: OpenWeights): Promise<TrainedEmbedding> {
  const { path, name } = file;
  const facts = {
    name,
    step: countOf(weights.metadata.get('step')),
    checkpointHash: weights.metadata.get('sd_checkpoint'),
    checkpointName: weights.metadata.get('sd_checkpoint_name'),
  };
  const pair = await pairOf(path, weights);
  if (pair) return { ...facts, ...pair };
  const entry = onlyTensor(path, weights);
  const shape = vectorShape(path, entry.shape);
  const vectors = checkedVectors(path, await entry.read(), shape);
  return { ...facts, vectors, count: shape[0], width: shape[1] };
}

function countOf(text: string | undefined): number | undefined {
  const count = Number(text);
  return text !== undefined && Number.isInteger(count) && count >= 0 ? count : undefined;
}

async function pairOf(path: string, weights: OpenWeights): Promise<Pick<TrainedEmbedding, 'vectors' | 'count' | 'width'> | undefined> {
  const [l, g] = [weights.get('clip_l'), weights.get('clip_g')];
  if (!l || !g) return undefined;
  const [small, large] = [vectorShape(path, l.shape), vectorShape(path, g.shape)];
  if (small[0] !== large[0]) unfit(path, `it has ${small[0]} vectors for clip_l and ${large[0]} for clip_g`);
  const vectors = { clip_l: checkedVectors(path, await l.read(), small), clip_g: checkedVectors(path, await g.read(), large) };
  return { vectors, count: large[0], width: small[1] + large[1] };
}

function onlyTensor(path: string, weights: OpenWeights): WeightEntry {
  const keys = [...weights.keys];
  const own = keys.filter((key) => key.startsWith(params));
  const terms = own.length > 0 ? own : keys;
  if (terms.length === 0) unfit(path, 'it holds no tensor');
  if (terms.length > 1)
    unfit(path, `it holds ${terms.length} terms (${terms.slice(0, 3).join(', ').slice(0, 200)}), an embedding holds one`);
  return weights.get(terms[0] as string) as WeightEntry;
}
