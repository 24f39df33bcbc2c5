import type { FieldShape } from '../define-extension.js';
import type { JobScope } from '../hooks/contexts.js';
import type { Raster } from '../values/raster.js';
import type { EmbeddingContribution } from './embedding.js';
import type { ModelFamilyContribution } from './model-family.js';
import type { ModelReaderContribution } from './model-reader.js';
import type { PreprocessorContribution } from './preprocessor.js';
import type { SamplerContribution } from './sampler.js';
import type { SchedulerContribution } from './scheduler.js';
import type { ScriptContribution } from './script.js';

/** A structural tag in a prompt, `<lora:name:0.8>`. */
export interface PromptTagContribution {
  readonly name: string;
  /** Called once per job with the tags of the first prompt, in order. */
  activate(
    tags: readonly { readonly args: readonly string[]; readonly named: Readonly<Record<string, string>> }[],
    ctx: JobScope,
  ): void | Promise<void>;
}
/** What an upscaler is told beside the picture. */
export interface UpscaleScope {
  /** The factor that is wanted; what an upscaler of another factor gives is upscaled again or made smaller. */
  readonly scale: number;
  readonly signal: AbortSignal;
  /** Options in force, among them those that the extension contributes. */
  readonly settings: Readonly<Record<string, unknown>>;
}
export interface UpscalerContribution {
  readonly name: string;
  readonly scale: number;
  upscale(image: Raster, ctx: UpscaleScope): Promise<Raster>;
}
/** Upscalers that come and go with the files of a folder: asked when one is looked for, or all are listed. */
export interface UpscalerSourceContribution {
  readonly name: string;
  list(): Promise<readonly UpscalerContribution[]>;
}
/** A folder of model files under the models root. */
export interface ModelFolderContribution {
  /** Kind, `lora`. */
  readonly name: string;
  /** Folder names under the models root, first one preferred: `['Lora', 'lora']`. */
  readonly folders: readonly string[];
  readonly extensions: readonly string[];
}
/** An option beside the host's own: stored and overridden as those, read from `settings`. */
export interface SettingContribution {
  /** As clients of the webui spell it: `ESRGAN_tile`. */
  readonly name: string;
  readonly label: string;
  /** Values are of its type. */
  readonly defaultValue: boolean | number | string;
}
/** A route: a web-standard handler. A server mounts it behind its own guards; the host answers it without one too. */
export interface RouteContribution {
  /** Method and path, `GET /tacapi/v1/lora-info/:name`; a part after a colon is any text without a slash. */
  readonly name: string;
  /** `params` holds the parts after colons, decoded. */
  handle(request: Request, params: Readonly<Record<string, string>>): Response | Promise<Response>;
}
/** A command of the `armature` program. */
export interface CommandContribution {
  readonly name: string;
  readonly summary: string;
  run(args: readonly string[]): void | Promise<void>;
}

/** Kind → shape of what an extension contributes under it. */
export interface ContributionKinds {
  sampler: SamplerContribution;
  scheduler: SchedulerContribution;
  modelFamily: ModelFamilyContribution;
  modelFolder: ModelFolderContribution;
  modelReader: ModelReaderContribution;
  upscaler: UpscalerContribution;
  upscalerSource: UpscalerSourceContribution;
  preprocessor: PreprocessorContribution;
  promptTag: PromptTagContribution;
  embedding: EmbeddingContribution;
  script: ScriptContribution;
  setting: SettingContribution;
  route: RouteContribution;
  command: CommandContribution;
}
export type ContributionKind = keyof ContributionKinds;

/** Something a user picks by name, and whose it is. */
export interface Contributed<K extends ContributionKind = ContributionKind> {
  /** `owner.name/thing`; the engine's own begin with `armature.core/`. */
  readonly id: string;
  readonly owner: string;
  readonly value: ContributionKinds[K];
}

/** `contribute.sampler({ name: 'My sampler', … })` */
export type Contribute = { readonly [K in Exclude<ContributionKind, 'preprocessor'>]: (item: ContributionKinds[K]) => void } & {
  /** What `process` gets as `args` has the types of `fields`. */
  readonly preprocessor: <const S extends FieldShape>(item: PreprocessorContribution<S>) => void;
};
