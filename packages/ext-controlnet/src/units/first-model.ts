import type { ModelInfo, StepInfo } from '@armature/sdk';

/** Whether the model that a run has begun with still denoises. As in the original a refiner works without control. */
export class FirstModel {
  #weightsId = '';
  #atWork = true;

  get atWork(): boolean {
    return this.#atWork;
  }

  /** Asked for each denoiser call. */
  sees({ call }: StepInfo, { weightsId }: ModelInfo): boolean {
    if (call === 0) this.#weightsId = weightsId;
    this.#atWork = weightsId === this.#weightsId;
    return this.#atWork;
  }
}
