import { realpath, stat } from 'node:fs/promises';
import type { CatalogueEntry, Logger } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { ModelReport } from '../api/index.js';
import { type Catalogue, modelStem, weightsIdOf } from '../checkpoint/index.js';
import type { Generation } from '../generation/index.js';

/** The models of a kind, after `model.listed` has spoken. @throws HostError REQUEST_INVALID for an unknown kind */
export async function listModels(
  kind: string,
  { catalogue, log }: { readonly catalogue: Catalogue; readonly log: Logger },
  { hooks }: Generation,
): Promise<readonly ModelReport[]> {
  const kinds = catalogue.kinds();
  if (!kinds.includes(kind)) {
    throw new HostError('REQUEST_INVALID', {
      field: 'kind',
      problem: `there is no such kind; known are ${kinds.join(', ')}`,
      seen: JSON.stringify(kind),
    });
  }
  const entries = await catalogue.list(kind);
  const reports = await Promise.all(entries.map(reportOf));
  if (kind !== 'checkpoint' || !hooks.model.listed.tapped) return reports;
  const listed = await hooks.model.listed.transform(reports, { log });
  // What extensions list need not be a file of the folders.
  return listed.map((info) => ({ kind, bytes: reports.find(({ path }) => path === info.path)?.bytes ?? 0, ...info }));
}

async function reportOf({ kind, name, title, path, bytes, modified, hash }: CatalogueEntry): Promise<ModelReport> {
  const real = await realpath(path).catch(() => path);
  const [yaml, weightsId] = [`${await modelStem(path)}.yaml`, weightsIdOf(real, bytes, modified)];
  const config = (await stat(yaml).catch(() => undefined)) ? yaml : undefined;
  return { kind, name, title, path, bytes, shortHash: hash?.slice(0, 10), hash, config, weightsId, family: '' };
}
