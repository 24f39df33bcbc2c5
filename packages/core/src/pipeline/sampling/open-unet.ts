import { isTensorHandle, Tensor, type TensorHandle, type UnetFeeds } from '@armature/sdk';
import type { RunOptions, RunResult } from '../../runtime/index.js';
import { appendChannels, firstChannels, type NetworkRows } from '../../sampling/index.js';
import type { RunModel } from '../run.js';

/** A call of the network; `outputs` and `keep` name what is wanted of it. */
export type UnetCall = (rows: NetworkRows, wanted: Pick<RunOptions, 'outputs' | 'keep'>) => Promise<RunResult['outputs']>;

/** The raw network of a model. A plain refiner does not see the image conditioning of the model before it. */
export async function openUnet({ job, model, networks }: RunModel): Promise<UnetCall> {
  const session = await networks.session('unet');
  const { channels } = model.detected.latent;
  return async ({ latent, timestep, conditioning, inputs }, wanted) => {
    const { outputs } = await session.run(
      {
        ...inputs,
        latent: [model.inputs === 'latent' ? firstChannels(latent, channels) : latent],
        timestep: [new Tensor(new Array(latent.batch).fill(timestep), [latent.batch])],
        context: [conditioning.crossAttention],
        ...(conditioning.vector && { vector: [conditioning.vector] }),
      },
      { signal: job.info.signal, owner: job.info.id, ...wanted },
    );
    return outputs;
  };
}

/** One call for the outputs that taps have declared. */
export async function keptOutputs(
  model: RunModel,
  { latent, concat, ...rest }: UnetFeeds,
  keep: readonly string[],
): Promise<Readonly<Record<string, TensorHandle>>> {
  const call = await openUnet(model);
  const outputs = await call({ ...rest, latent: concat ? appendChannels(latent, concat) : latent }, { outputs: keep, keep });
  return Object.fromEntries(Object.entries(outputs).filter((entry): entry is [string, TensorHandle] => isTensorHandle(entry[1])));
}
