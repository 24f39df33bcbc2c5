import { createToken, type TextEncoderParts } from '@armature/sdk';
import type { Clock } from '../api/index.js';
import type { JobQueue } from '../jobs/index.js';
import type { ClipTokenizer } from '../prompt/index.js';
import type { Runtime } from '../runtime/index.js';
import type { createImageNoise } from '../sampling/index.js';

/** Makes the runtime when the first job needs it. */
export const RUNTIME = createToken<() => Promise<Runtime>>('armature.runtime');
/** Loads CLIP's or OpenCLIP's tokenizer when the first prompt needs it. */
export const TOKENIZER = createToken<(kind: TextEncoderParts['tokenizer']) => Promise<ClipTokenizer>>('armature.tokenizer');
/** In which order jobs run. */
export const QUEUE = createToken<Pick<JobQueue, 'run'>>('armature.queue');
/** Name of the device to run on; one that does not work here falls back to `cpu`. */
export const DEVICE = createToken<string>('armature.device');
/** The time that deadlines of extensions and dates of saved files go by. */
export const CLOCK = createToken<Clock>('armature.clock');
/** Makes the noise of a batch. */
export const RNG = createToken<typeof createImageNoise>('armature.rng');
