import { sep } from 'node:path';
import type { ModelReport, RequestInput } from '@armature/core';
import { tinyModelDefaults, tinyModelFolder } from '@armature/tiny-model';

/** What a request starts from: the embedded model's own size, steps and guidance where that model answers, else nothing. */
export function startingValues(models: readonly ModelReport[], wanted: string): Partial<RequestInput> {
  const model = wanted === '' ? models[0] : models.find((candidate) => isCalled(candidate, wanted));
  return model?.path.startsWith(tinyModelFolder + sep) ? tinyModelDefaults : {};
}

/** By name, title, file name or hash, as the catalogue finds it. */
function isCalled(model: ModelReport, wanted: string): boolean {
  const name = wanted.toLowerCase();
  const names = [model.name, model.title, model.title.replace(/ \[[0-9a-f]+\]$/, ''), model.shortHash ?? ''];
  return names.some((candidate) => candidate.toLowerCase() === name);
}
