import type { JobModelScope } from '@armature/sdk';
import type { Job } from '../jobs/index.js';
import type { Engine } from './engine.js';
import type { LoadedModel } from './model-store.js';

/** A model as one job holds it. */
export interface JobModel extends LoadedModel {
  /** Base of every hook context from here on. */
  readonly scope: JobModelScope;
}

/** Name → opened model. @throws HostError MODEL_NOT_FOUND, MODEL_NONE, CKPT_* */
export async function acquireModel(engine: Engine, job: Job): Promise<JobModel> {
  job.progress.stage('model');
  const name = job.info.request.model || job.settings.sd_model_checkpoint;
  const model = await engine.models.acquire(name, engine.generation, job.scope);
  return Object.freeze({ ...model, scope: Object.freeze({ ...job.scope, model: model.info }) });
}
