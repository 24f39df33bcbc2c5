import type { CatalogueApi, SessionsApi, WeightsApi } from '@armature/sdk';

/** Kind of the model folder that networks of preprocessors lie in, and the folder's name. */
export const detectorKind = 'preprocessor';
export const detectorFolder = 'ControlNetPreprocessor';

/** What networks of preprocessors are found and run with. */
export interface DetectorParts {
  readonly catalogue: CatalogueApi;
  readonly sessions: SessionsApi;
  readonly weights: WeightsApi;
}
