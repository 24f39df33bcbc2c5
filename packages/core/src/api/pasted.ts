import type { Infotext } from '@armature/sdk';
import type { RequestInput } from './request-schema.js';

type InitInput = NonNullable<RequestInput['init']>;
type MaskInput = NonNullable<InitInput['mask']>;

/** A request as a parameters text gives it: `init` and its mask without their pictures, which no text holds. */
export type PastedRequest = Omit<RequestInput, 'init'> & {
  readonly init?: Omit<InitInput, 'images' | 'mask'> & { readonly mask?: Omit<MaskInput, 'image'> };
};

/** Something a text names that this host does not have. The request does without it. */
export interface MissingPart {
  readonly kind: 'checkpoint' | 'vae' | 'sampler' | 'scheduler';
  readonly name: string;
  /** Hash of the weights, where the text says it. */
  readonly hash?: string;
  /** Weights of the same name but another hash, which the request takes. */
  readonly instead?: string;
}

/** What a parameters text means on this host. */
export interface Pasted {
  readonly request: PastedRequest;
  /** The text as it was read: prompts, and the fields as they stand. */
  readonly infotext: Infotext;
  /** Fields nobody here understands, by their names. */
  readonly unknown: readonly string[];
  readonly missing: readonly MissingPart[];
}
