export { Catalogue, type CatalogueOptions } from './catalogue.js';
export { type DetectRequest, detectModel } from './detect-model.js';
export type { ListedModel } from './listed-model.js';
export { nearestNames } from './nearest-names.js';
export type { TensorSpan } from './safetensors-header.js';
export { readSidecar, type Sidecar } from './sidecar.js';
export type { TidyReport } from './tidy-models.js';
export { openWeights, WeightsFile, weightsIdOf } from './weights-file.js';
