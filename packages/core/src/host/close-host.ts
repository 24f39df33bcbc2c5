import { HostError } from '@armature/sdk/host';
import type { ModelStore } from '../pipeline/index.js';
import type { Generations } from './generations.js';
import type { HostParts } from './host-parts.js';
import type { JobRoom } from './job-room.js';
import { runAll } from './run-all.js';
import { RUNTIME_ROOM } from './runtime-room.js';

export interface Closing {
  readonly jobs: JobRoom;
  readonly generations: Generations;
  readonly models: ModelStore;
}

/** Ends what a host has begun, users before what they use; what fails does not keep the rest. */
export async function closeHost({ scope, catalogue }: HostParts, { jobs, generations, models }: Closing): Promise<void> {
  await runAll([
    () => jobs.close(new HostError('HOST_DISPOSED')),
    () => generations.settled(),
    () => models.dispose(generations.current),
    () => generations.current.release(),
    () => scope.get(RUNTIME_ROOM).dispose(),
    () => catalogue.dispose(),
    () => scope.dispose(),
  ]);
}
