import { isHostError, isTensor, type TextEmbedding } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { RegistryEntry } from '../../generation/index.js';
import { shortForm } from '../../hooks/index.js';
import type { Job } from '../../jobs/index.js';
import { EmbeddingLookup } from '../../prompt/index.js';
import type { Engine } from '../engine.js';
import type { JobModel } from '../models/acquire-model.js';

/** The most vectors that fit one chunk. */
const mostVectors = 75;

/** Asks every source for the embeddings of a job's model. A source that fails is a fault of its owner and gives none. */
export async function jobEmbeddings(engine: Engine, job: Job, model: JobModel): Promise<EmbeddingLookup> {
  const { hooks, registry } = engine.generation;
  const all: TextEmbedding[] = [];
  for (const source of registry.list('embedding')) {
    try {
      all.push(...checked(source, await source.value.list({ ...model.scope, width: model.detected.text.width }), model));
    } catch (error) {
      if (!isHostError(error) || error.code === 'JOB_CANCELLED') throw error;
      const { code, message, cause } = error;
      const hook = `embedding ${source.value.name}`;
      hooks.ledgerOf(job.info).add({ code, extension: source.owner, hook, job: job.info.id, message, cause, at: Date.now() });
    }
  }
  return EmbeddingLookup.of(all, await engine.tokenizer());
}

/** @throws HostError EXT_CONTRIBUTION_THREW */
function checked(source: RegistryEntry<'embedding'>, given: unknown, model: JobModel): readonly TextEmbedding[] {
  const { width } = model.detected.text;
  const fits = (item: unknown): boolean => {
    const { name, vectors, hash } = (item ?? {}) as Partial<TextEmbedding>;
    if (typeof name !== 'string' || !isTensor(vectors) || !['undefined', 'function'].includes(typeof hash)) return false;
    const [rows = 0, columns] = vectors.shape;
    return vectors.shape.length === 2 && rows >= 1 && rows <= mostVectors && columns === width;
  };
  const wrong = Array.isArray(given) ? given.find((item) => !fits(item)) : given;
  if (Array.isArray(given) && given.every(fits)) return given;
  const problem = `it gave ${shortForm(wrong)}, not embeddings of 1 to ${mostVectors} vectors of ${width} numbers`;
  throw new HostError('EXT_CONTRIBUTION_THREW', { extension: source.owner, kind: 'embedding', name: source.value.name, problem });
}
