import { isHostError, isTensor, type TextEmbedding } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { RegistryEntry } from '../../generation/index.js';
import { shortForm } from '../../hooks/index.js';
import type { Job } from '../../jobs/index.js';
import { vectorsFor } from '../../prompt/index.js';
import type { Engine } from '../engine.js';
import type { JobModel } from '../models/acquire-model.js';

/** The most vectors that fit one chunk. */
const mostVectors = 75;

/** Asks every source for the embeddings of a job's model. A source that fails is a fault of its owner and gives none. */
export async function jobEmbeddings(engine: Engine, job: Job, model: JobModel): Promise<readonly TextEmbedding[]> {
  const { hooks, registry } = engine.generation;
  const { width } = model.detected.text;
  const encoders = Object.freeze(model.detected.text.encoders.map((encoder) => ({ name: encoder.name, width: encoder.width })));
  const all: TextEmbedding[] = [];
  for (const source of registry.list('embedding')) {
    try {
      all.push(...checked(source, await source.value.list({ ...model.scope, width, encoders }), model));
    } catch (error) {
      if (!isHostError(error) || error.code === 'JOB_CANCELLED') throw error;
      const { code, message, cause } = error;
      const hook = `embedding ${source.value.name}`;
      hooks.ledgerOf(job.info).add({ code, extension: source.owner, hook, job: job.info.id, message, cause, at: Date.now() });
    }
  }
  return all;
}

/** @throws HostError EXT_CONTRIBUTION_THREW */
function checked(source: RegistryEntry<'embedding'>, given: unknown, model: JobModel): readonly TextEmbedding[] {
  const { encoders } = model.detected.text;
  const fits = (item: unknown): boolean => {
    const { name, vectors, hash } = (item ?? {}) as Partial<TextEmbedding>;
    if (typeof name !== 'string' || typeof vectors !== 'object' || vectors === null) return false;
    if (!['undefined', 'function'].includes(typeof hash)) return false;
    const [rows = 0, ...more] = new Set(encoders.map(({ name: encoder, width }) => rowsOf(vectorsFor({ vectors }, encoder), width)));
    return more.length === 0 && rows >= 1 && rows <= mostVectors;
  };
  const wrong = Array.isArray(given) ? given.find((item) => !fits(item)) : given;
  if (Array.isArray(given) && given.every(fits)) return given;
  const widths = encoders.map(({ name, width }) => (encoders.length > 1 ? `${width} for ${name}` : `${width}`)).join(' and ');
  const problem = `it gave ${shortForm(wrong)}, not embeddings of 1 to ${mostVectors} vectors of ${widths} numbers`;
  throw new HostError('EXT_CONTRIBUTION_THREW', { extension: source.owner, kind: 'embedding', name: source.value.name, problem });
}

/** Rows of vectors that fit an encoder; 0 for others. */
function rowsOf(vectors: unknown, width: number): number {
  return isTensor(vectors) && vectors.shape.length === 2 && vectors.shape[1] === width ? (vectors.shape[0] as number) : 0;
}
