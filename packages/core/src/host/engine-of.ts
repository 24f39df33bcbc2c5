import type { Generation } from '../generation/index.js';
import type { Engine } from '../pipeline/index.js';
import type { HostParts } from './host-parts.js';
import { CLOCK, RNG, TOKENIZER } from './host-tokens.js';
import { RUNTIME_ROOM } from './runtime-room.js';

/** What a job is given of a host, on one generation. */
export function engineOf(
  { scope, log, config, running }: HostParts,
  version: string,
  generation: Generation,
  own: Pick<Engine, 'models' | 'turn' | 'styles' | 'settings'>,
): Engine {
  return {
    ...own,
    version: `Armature ${version}`,
    generation,
    runtime: scope.get(RUNTIME_ROOM),
    running,
    tokenizer: scope.get(TOKENIZER),
    imageNoise: scope.get(RNG),
    clock: scope.get(CLOCK),
    threads: config.threads ?? 0,
    log,
  };
}
