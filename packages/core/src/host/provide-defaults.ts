import { CATALOGUE, IMAGES, LOG, type Logger, WEIGHTS } from '@armature/sdk';
import { type Catalogue, openWeights } from '../checkpoint/index.js';
import type { Scope } from '../di/index.js';
import { createImages } from '../image/index.js';
import { JobQueue } from '../jobs/index.js';
import { createClipTokenizer } from '../prompt/index.js';
import { startRuntime } from '../runtime/index.js';
import type { HostConfig } from './host-api.js';
import { QUEUE, RUNTIME, TOKENIZER } from './host-tokens.js';

/** Fills the host scope with everything the embedder did not override. */
export function provideDefaults(scope: Scope, config: HostConfig, catalogue: Catalogue, log: Logger): void {
  const provide: Scope['provide'] = (token, factory) => {
    if (!scope.has(token)) scope.provide(token, factory);
  };
  provide(LOG, () => log);
  provide(CATALOGUE, () => catalogue);
  provide(WEIGHTS, () => ({ open: openWeights }));
  provide(IMAGES, () => createImages());
  provide(QUEUE, () => new JobQueue());
  provide(TOKENIZER, () => once(createClipTokenizer));
  provide(RUNTIME, () =>
    once(async () => {
      const runtime = await startRuntime({ device: config.device ?? 'cpu', threads: config.threads ?? 0, log });
      scope.onDispose(() => runtime.dispose());
      return runtime;
    }),
  );
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
