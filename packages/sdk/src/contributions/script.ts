import type { FieldShape, FieldValues } from '../define-extension.js';
import type { JobInfo, JobScope } from '../hooks/contexts.js';
import type { GenerationRequest } from '../values/generation-request.js';
import type { Raster } from '../values/raster.js';

/** A picture that a job inside a script has made, with everything its parameters say. */
export interface ScriptPicture {
  readonly image: Raster;
  readonly infotext: string;
  readonly seed: number;
  readonly subseed: number;
  readonly prompt: string;
  readonly negativePrompt: string;
}

/** A picture a script has put together itself: a grid, an enlarged picture, the last of a loop. */
export interface ScriptComposition {
  /** `grid` is saved among the grids, where the options say so. */
  readonly kind: 'picture' | 'grid';
  readonly image: Raster;
  /** Whose parameters it has. */
  readonly like: ScriptPicture;
  /** Parameters beside those, by label; they stand at the end. */
  readonly fields?: ScriptFields;
  /** False: it is given back and not saved, also where the job saves. */
  readonly save?: boolean;
}

/** Label → value, as the parameters text has them. */
export type ScriptFields = Readonly<Record<string, string | number | boolean>>;

export interface ScriptRunOptions {
  /** Stands in the parameters where those of extensions stand. */
  readonly fields?: ScriptFields;
  /** False: its pictures are not saved, also where the job saves. */
  readonly save?: boolean;
}

/** What a script works with. */
export interface ScriptScope<A = Readonly<Record<string, unknown>>> extends JobScope {
  /** The job as the client asked for it; `job.request.script` names this script. */
  readonly job: JobInfo;
  readonly args: A;
  /** How many jobs will be run: progress counts them. */
  plan(jobs: number): void;
  /** A seed for a request that leaves it open (−1), drawn as the engine draws one; others stay. */
  fixSeed(seed: number): number;
  /**
   * Looks at a request as its admission would, and at the names in it: before anything is made, for all that will be.
   * @throws HostError REQUEST_INVALID, SIZE_INVALID, SETTING_UNKNOWN, SAMPLER_UNKNOWN, SCHEDULER_UNKNOWN, UPSCALER_UNKNOWN, MODEL_NOT_FOUND
   */
  check(request: GenerationRequest): Promise<void>;
  /**
   * A whole job inside this one: its pictures without grid, masks and what extensions add. None: the client has stopped the job.
   * Its faults and its time are the job's. @throws HostError what a job throws, JOB_CANCELLED
   */
  run(request: GenerationRequest, options?: ScriptRunOptions): Promise<readonly ScriptPicture[]>;
  /** A picture by an upscaler, `scale` times as large; `None`: as it is. @throws HostError UPSCALER_UNKNOWN */
  upscale(image: Raster, upscaler: string, scale: number): Promise<Raster>;
}

export interface ScriptResult {
  /** What the client gets, in this order. */
  readonly images: readonly (ScriptPicture | ScriptComposition)[];
  /** Whose seeds, prompts and parameters the job tells; undefined: those of `images`. A plot tells its cells and gives a grid. */
  readonly told?: readonly (ScriptPicture | ScriptComposition)[];
}

/** A way to make many pictures of one request: a request that names it is handed to it instead of being made. */
export interface ScriptContribution<A extends FieldShape = FieldShape> {
  readonly name: string;
  /** As clients call it, without regard to case, where two tabs have each a script under one title: `X/Y/Z plot`. Default: the name. */
  readonly title?: string;
  /** Requests it takes: without and with a picture to start from. */
  readonly tabs: readonly ('txt2img' | 'img2img')[];
  /** Its arguments in the order of a webui client's list. That order only ever grows at its end. */
  readonly args: A;
  run(scope: ScriptScope<FieldValues<A>>): Promise<ScriptResult>;
}

/** A script whose `run` knows the types of its arguments. */
export const defineScript = <const A extends FieldShape>(script: ScriptContribution<A>): ScriptContribution<A> => script;
