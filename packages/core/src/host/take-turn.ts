import type { Generation } from '../generation/index.js';
import type { Generations } from './generations.js';
import type { HostParts } from './host-parts.js';
import { QUEUE } from './host-tokens.js';
import type { JobRoom } from './job-room.js';

interface Rooms {
  readonly jobs: JobRoom;
  readonly generations: Generations;
}

/** Runs something when the queue says so. */
type Turn = <T>(work: () => Promise<T>) => Promise<T>;

/** Work on pictures that waits for its turn as generations do, on the extensions in force. */
export function takeTurn<T>(
  { scope }: HostParts,
  { jobs, generations }: Rooms,
  given: AbortSignal | undefined,
  work: (registry: Generation['registry'], signal: AbortSignal, turn: Turn) => Promise<T>,
): Promise<T> {
  const queue = scope.get(QUEUE);
  return jobs.run(given, (signal, within) =>
    generations.retained(({ registry }) => work(registry, signal, (run) => queue.run(() => within(run), signal))),
  );
}
