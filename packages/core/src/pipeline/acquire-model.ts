import type { JobModelScope } from '@armature/sdk';
import type { Job } from '../jobs/index.js';
import type { Engine } from './engine.js';
import type { LoadedModel } from './loaded-model.js';

/** A model as one job holds it. */
export interface JobModel extends LoadedModel {
  /** Base of every hook context from here on. */
  readonly scope: JobModelScope;
}

/** Name → opened model, which stays open until it is released. @throws HostError MODEL_NOT_FOUND, MODEL_NONE, CKPT_* */
export async function acquireModel(engine: Engine, job: Job): Promise<{ readonly model: JobModel; release(): Promise<void> }> {
  job.progress.stage('model');
  const name = job.info.request.model || job.settings.sd_model_checkpoint;
  const { model, release } = await engine.models.acquire(name, engine.generation, job.scope);
  return { model: Object.freeze({ ...model, scope: Object.freeze({ ...job.scope, model: model.info }) }), release };
}
