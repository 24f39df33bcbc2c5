import { CATALOGUE, IMAGES, LOG, type Logger, NOISE, SESSIONS, TEXT_ENCODER, UNET, VAE, WEIGHTS } from '@armature/sdk';
import { type HostConfig, systemClock } from '../api/index.js';
import { type Catalogue, openWeights } from '../checkpoint/index.js';
import type { Scope } from '../di/index.js';
import { createImages } from '../image/index.js';
import { JobQueue } from '../jobs/index.js';
import type { RunningJobs } from '../pipeline/index.js';
import { createClipTokenizer, createOpenClipTokenizer } from '../prompt/index.js';
import { startRuntime } from '../runtime/index.js';
import { createImageNoise } from '../sampling/index.js';
import { extensionSessions } from './extension-sessions.js';
import { CLOCK, DEVICE, QUEUE, RNG, RUNTIME, TOKENIZER } from './host-tokens.js';
import { RUNTIME_ROOM, RuntimeRoom } from './runtime-room.js';

export interface DefaultParts {
  readonly config: HostConfig;
  readonly catalogue: Catalogue;
  readonly running: RunningJobs;
  readonly log: Logger;
}

/** Fills the host scope with everything the embedder did not override. */
export function provideDefaults(scope: Scope, parts: DefaultParts): void {
  const { config, catalogue, running, log } = parts;
  const provide: Scope['provide'] = (token, factory) => {
    if (!scope.has(token)) scope.provide(token, factory);
  };
  provide(LOG, () => log);
  provide(CATALOGUE, () => catalogue);
  provide(WEIGHTS, () => ({ open: openWeights }));
  provide(IMAGES, () => createImages());
  provide(DEVICE, () => config.device ?? 'cpu');
  provide(CLOCK, () => systemClock);
  provide(RNG, () => createImageNoise);
  provide(QUEUE, () => new JobQueue());
  provide(TOKENIZER, () => {
    const clip = once(createClipTokenizer);
    const openClip = once(async () => createOpenClipTokenizer(await clip()));
    return (kind) => (kind === 'clip' ? clip() : openClip());
  });
  provide(RUNTIME, () =>
    once(async () => {
      const runtime = await startRuntime({ device: scope.get(DEVICE), threads: config.threads ?? 0, log });
      scope.onDispose(() => runtime.dispose());
      return runtime;
    }),
  );
  provide(RUNTIME_ROOM, () => new RuntimeRoom(scope.get(RUNTIME), config.memory, log));
  provide(SESSIONS, () => extensionSessions(scope.get(RUNTIME_ROOM), config.threads ?? 0));
  provide(TEXT_ENCODER, () => running.textEncoder);
  provide(VAE, () => running.vae);
  provide(UNET, () => running.unet);
  provide(NOISE, () => running.noise);
}

/** Runs `make` on first use; a failure is not kept, so that the next job may try again. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}
