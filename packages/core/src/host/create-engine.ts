import { hostVersion } from '../api/index.js';
import type { Engine } from '../pipeline/index.js';
import type { HostParts } from './host-parts.js';
import { CLOCK, RNG, TOKENIZER } from './host-tokens.js';
import { readAllStyles } from './read-all-styles.js';
import { RUNTIME_ROOM } from './runtime-room.js';

/** What the stages of one job are given of a host. */
export function createEngine(
  { scope, log, config, running, catalogue, weightsCache }: HostParts,
  own: Pick<Engine, 'models' | 'generation' | 'settings' | 'turn'>,
): Engine {
  return {
    ...own,
    version: `Armature ${hostVersion}`,
    runtime: scope.get(RUNTIME_ROOM),
    weightsCache: config.weightsCache === 'off' ? undefined : weightsCache,
    running,
    tokenizer: scope.get(TOKENIZER),
    styles: () => readAllStyles(catalogue),
    imageNoise: scope.get(RNG),
    clock: scope.get(CLOCK),
    threads: config.threads ?? 0,
    log,
  };
}
