import { sep } from 'node:path';
import type { ModelReport, RequestInput } from '@armature/core';
import { tinyModelDefaults, tinyModelFolder } from '@armature/tiny-model';

/** What a request starts from: the embedded model's own size, steps and guidance where that model answers, else nothing. */
export function startingValues(models: readonly ModelReport[], wanted: string): Partial<RequestInput> {
  const model = wanted === '' ? models[0] : (models.find((candidate) => isCalled(candidate, wanted)) ?? partlyCalled(models, wanted));
  return model?.path.startsWith(tinyModelFolder + sep) ? tinyModelDefaults : {};
}

/** By name, title, file name or hash. */
function isCalled(model: ModelReport, wanted: string): boolean {
  const name = wanted.toLowerCase();
  const names = [model.name, model.title, model.title.replace(/ \[[0-9a-f]+\]$/, ''), model.shortHash ?? ''];
  return names.some((candidate) => candidate.toLowerCase() === name);
}

/** The shortest title with the words in it, as the catalogue takes it. */
const partlyCalled = (models: readonly ModelReport[], wanted: string): ModelReport | undefined =>
  models.filter((model) => model.title.toLowerCase().includes(wanted.toLowerCase())).sort((a, b) => a.title.length - b.title.length)[0];
