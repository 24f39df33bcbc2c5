import type { Fault, PromptText, Raster } from '@armature/sdk';

/** A finished picture, or what was made beside it. */
export interface GeneratedImage {
  /**
   * `grid`: all results of the job in one. `mask`, `mask-composite`: the mask of the picture before it (RGB), and what it uncovers
   * (RGBA). `extra`: what an extension put behind the results (`image.extras`).
   */
  readonly kind: 'picture' | 'grid' | 'mask' | 'mask-composite' | 'extra';
  readonly image: Raster;
  /** The whole parameters text, as it stands in the file when there is one; empty for masks. */
  readonly infotext: string;
  /** The same by key, with the types it has: `Denoising strength` is a number. Null: a key that has no value here. */
  readonly parameters: ReadonlyMap<string, string | number | boolean | null>;
  readonly seed: number;
  readonly subseed: number;
  readonly prompt: string;
  readonly negativePrompt: string;
  /** Absolute path, when it was saved. */
  readonly path: string | undefined;
}

/** Time an extension spent in one hook, what it decorates not included. */
export interface ExtensionTiming {
  readonly extension: string;
  readonly hook: string;
  readonly calls: number;
  readonly milliseconds: number;
}

/** What a job was made with, once its models were open. */
export interface GenerationFacts {
  /** Texts and seeds of every picture that was asked for, whether it was made or not; styles are in the texts, comments are not. */
  readonly prompts: readonly PromptText[];
  readonly seeds: readonly number[];
  readonly subseeds: readonly number[];
  /** Pixels of the first run. */
  readonly width: number;
  readonly height: number;
  /** Sampler and schedule of the first run by the names they have here; `Automatic`: the sampler has no schedule of its own. */
  readonly sampler: string;
  readonly scheduler: string;
  readonly model: NamedWeights;
  /** The VAE file that took the place of the checkpoint's own. */
  readonly vae: NamedWeights | undefined;
  /** The checkpoint sees a mask and the picture outside it. */
  readonly inpainting: boolean;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The parameters of every picture a script made, also of those it did not give back; undefined: those of the pictures. */
  readonly infotexts?: readonly string[];
  /** When the request was made, milliseconds since the epoch. */
  readonly started: number;
}

export interface NamedWeights {
  readonly name: string;
  /** SHA-256 of the file; undefined where it could not be read, or where the job was cancelled before it was. */
  readonly hash: string | undefined;
}

/** What became of a request. A job that failed is an error instead. */
export interface GenerationResult {
  readonly job: string;
  /** `cancelled`: `images` holds those that were finished before. */
  readonly status: 'done' | 'cancelled';
  readonly images: readonly GeneratedImage[];
  /** What `RunOptions.answer` made of this, after `api.response`. */
  readonly answer: Readonly<Record<string, unknown>> | undefined;
  /** Undefined: cancelled before its models were open. */
  readonly facts: GenerationFacts | undefined;
  readonly faults: readonly Fault[];
  readonly timings: readonly ExtensionTiming[];
  /** Wall seconds by stage (`queued model prompt sample decode finish`) and `total`. Emitting networks counts to the stage that needed it. */
  readonly seconds: Readonly<Record<string, number>>;
}
