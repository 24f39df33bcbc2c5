import type { HookFacade } from '@armature/sdk';
import type { CheckpointShelf } from '../checkpoint-modules.js';
import type { JobNetworks } from '../job-networks.js';
import type { TroubleBook } from '../trouble-book.js';
import { networkInputs } from './network-inputs.js';
import { RidingBuilder } from './riding-builder.js';

export interface RankParts {
  readonly networks: JobNetworks;
  readonly checkpoints: CheckpointShelf;
  readonly troubles: TroubleBook;
}

/** Networks whose layers get inputs for ranks. They are always there, so that no LoRA of low rank ever builds a session. */
const ridden = ['unet.**', 'text-encoder*.**'];

/** Makes room for ranks beside the weights, and fills it for jobs that have networks of low rank. */
export function tapRanks({ graph }: HookFacade<Record<never, never>>, { networks, checkpoints, troubles }: RankParts): void {
  for (const path of ridden)
    graph.module.tap({ path, variant: () => 'ranks' }, (inner, { path: at, weightPrefix }) => {
      const start = weightPrefix + at.slice(at.indexOf('.') + 1);
      return (g, ...inputs) => inner(new RidingBuilder(g, start), ...inputs);
    });
  graph.inputs.tap(async (given, scope) => {
    const { job, model } = scope;
    const wanted = networks.of(job);
    if (wanted.length === 0) return;
    networks.uses(job, model.weightsId);
    return { ...given, ...(await networkInputs(wanted, await checkpoints.of(model), scope, troubles.of(model.weightsId))) };
  });
}
