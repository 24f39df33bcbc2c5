import { basename } from 'node:path';
import type { Host, ModelReport } from '@armature/core';

/** A checkpoint by any name the webui knows it under (`checkpoint_aliases`): title, file, stem, hash. No name: the first. */
export async function findCheckpoint(host: Host, name: string): Promise<ModelReport | undefined> {
  const models = await host.models();
  if (name === '') return models[0];
  const wanted = name.replace(/ \[[0-9a-f]{8,}\]$/i, '');
  return models.find((model) => namesOf(model).includes(name)) ?? models.find((model) => namesOf(model).includes(wanted));
}

function namesOf({ title, name, path, hash, shortHash }: ModelReport): readonly (string | undefined)[] {
  return [title, title.replace(/ \[[0-9a-f]+\]$/, ''), name, basename(path), path, hash, shortHash, shortHash && `${name} [${shortHash}]`];
}
