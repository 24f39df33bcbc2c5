import { createToken } from '@armature/sdk';
import type { JobQueue } from '../jobs/index.js';
import type { ClipTokenizer } from '../prompt/index.js';
import type { Runtime } from '../runtime/index.js';
import type { createImageNoise } from '../sampling/index.js';

/** Makes the runtime when the first job needs it. */
export const RUNTIME = createToken<() => Promise<Runtime>>('armature.runtime');
/** Loads the CLIP tokenizer when the first prompt needs it. */
export const TOKENIZER = createToken<() => Promise<ClipTokenizer>>('armature.tokenizer');
/** In which order jobs run. */
export const QUEUE = createToken<Pick<JobQueue, 'run'>>('armature.queue');
/** Name of the device to run on; one that does not work here falls back to `cpu`. */
export const DEVICE = createToken<string>('armature.device');
/** Makes the noise of a batch. */
export const RNG = createToken<typeof createImageNoise>('armature.rng');
