import { isAbsolute } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { aliasesOf, type Catalogue, describeKeys, type ListedModel, openWeights } from '../checkpoint/index.js';

/** A model file by name, or by its absolute path wherever it lies. @throws HostError MODEL_NOT_FOUND, CKPT_NOT_FOUND, REQUEST_INVALID */
export async function locateModel(catalogue: Catalogue, name: string, kind: string | undefined): Promise<ListedModel> {
  const kinds = catalogue.kinds();
  if (kind !== undefined && !kinds.includes(kind)) {
    const problem = `there is no such kind; known are ${kinds.join(', ')}`;
    throw new HostError('REQUEST_INVALID', { field: 'kind', problem, seen: JSON.stringify(kind) });
  }
  if (kind !== undefined) return isAbsolute(name) ? catalogue.describe(kind, name) : catalogue.find(kind, name);
  const found = await named(catalogue, kinds, name);
  const [first] = found;
  if (first && new Set(found.map((model) => model.kind)).size === 1) return first;
  if (first && !isAbsolute(name)) {
    const problem = `files of several kinds are called so: ${found.map((model) => `${model.kind} ${model.path}`).join(', ')}; add the kind`;
    throw new HostError('REQUEST_INVALID', { field: 'name', problem, seen: name });
  }
  if (first) return first;
  if (isAbsolute(name)) return catalogue.describe(await kindOf(name), name);
  // Says what is known, nearest first, and where was looked.
  return catalogue.find('checkpoint', name);
}

async function named(catalogue: Catalogue, kinds: readonly string[], name: string): Promise<readonly ListedModel[]> {
  for (const again of [false, true]) {
    if (again) await catalogue.refresh();
    const lists = await Promise.all(kinds.map((kind) => catalogue.list(kind)));
    const found = lists.flat().filter((model) => aliasesOf(model).includes(name));
    if (found.length > 0) return found;
  }
  return [];
}

/** By what it holds; a file that cannot be read is looked at as a checkpoint, which says why. */
async function kindOf(path: string): Promise<string> {
  const weights = await openWeights(path).catch(() => undefined);
  await weights?.close();
  return (weights && describeKeys(weights.keys)?.kind) ?? 'checkpoint';
}
