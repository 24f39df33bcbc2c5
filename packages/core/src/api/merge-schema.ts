import { z } from 'zod';

const model = z.string().min(1);

/** What `Host.mergeModels` takes; models by name, title or hash as anywhere. */
export const mergeRequestSchema = z.strictObject({
  primary: model,
  secondary: model.optional(),
  tertiary: model.optional(),
  /** `weighted-sum`: (1 − m)·A + m·B; `add-difference`: A + m·(B − C); `no-interpolation`: A. */
  method: z.enum(['weighted-sum', 'add-difference', 'no-interpolation']).default('weighted-sum'),
  multiplier: z.number().min(0).max(1).default(0.3),
  /** Merged float32 tensors are written as float16. */
  half: z.boolean().default(false),
  /** File name without extension; default: what was merged of what. */
  name: z.string().min(1).optional(),
  /** A VAE that takes the place of the primary's. */
  bakeVae: model.optional(),
  /** Regular expression: tensors whose key it matches are left out. */
  discard: z.string().optional(),
  /** Whose `.yaml` is copied beside the result. `automatic`: the first that has one. */
  config: z.enum(['automatic', 'primary', 'secondary', 'tertiary', 'none']).default('automatic'),
  /** Which entries the file's metadata gets: those of the models, and how it was made. */
  copyMetadata: z.boolean().default(true),
  recipe: z.boolean().default(true),
  /** More entries, over those of the models. */
  metadata: z.record(z.string(), z.string()).default({}),
});

export type MergeInput = z.input<typeof mergeRequestSchema>;
export type MergeRequest = Readonly<z.output<typeof mergeRequestSchema>>;

/** How one merge is run. */
export interface MergeOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** The file that a merge has made. */
export interface MergeReport {
  readonly path: string;
  readonly tensors: number;
  readonly bytes: number;
  /** The `.yaml` beside it, when one was copied. */
  readonly config: string | undefined;
}
