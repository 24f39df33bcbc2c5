import type { z } from 'zod';
import type { Contribute } from './contributions/kinds.js';
import type { Logger } from './hooks/contexts.js';
import type { HookFacade } from './hooks/facade.js';
import type { Token } from './token.js';

/** Field name → schema made by `field.*` (any zod schema with a JSON form will do). */
export type FieldShape = Readonly<Record<string, z.ZodType>>;
export type FieldValues<S extends FieldShape> = { readonly [K in keyof S]: z.output<S[K]> };

/** What `setup` is given. */
export interface ExtensionSetup<O extends FieldShape, A extends FieldShape> {
  readonly id: string;
  readonly hooks: HookFacade<FieldValues<A>>;
  readonly contribute: Contribute;
  readonly options: FieldValues<O>;
  readonly log: Logger;
  /** @throws HostError TOKEN_MISSING when nobody provides the token. */
  use<T>(token: Token<T>): T;
  /** Provides an API to extensions that come later in order. */
  offer<T>(token: Token<T>, api: T): void;
  /** Runs when the generation ends, in reverse order. */
  onDispose(fn: () => void | Promise<void>): void;
}

export interface ExtensionDefinition<O extends FieldShape = FieldShape, A extends FieldShape = FieldShape> {
  /** From the configuration file, the same for every job. */
  readonly options?: O;
  /** Per request: API, command line, form, infotext. */
  readonly args?: A;
  /** Whether jobs that do not name the extension use it. Default: true. */
  readonly enabled?: boolean;
  /** How webui clients address it. */
  readonly a1111?: {
    readonly title: string;
    /** Only ever grows at its end: clients send lists. */
    readonly positional: readonly ('enabled' | (keyof A & string))[];
    /** The argument that takes the values of a client's list behind the positional ones, all of them as one list. */
    readonly rest?: keyof A & string;
    /**
     * Infotext key of `enabled`, for scripts whose webui ancestor writes all it was told: a job that uses the extension says
     * `True` there, then every labelled argument, also those at their defaults.
     */
    readonly enabledKey?: string;
    /** The tabs that list it, both unless said. */
    readonly tabs?: readonly ('txt2img' | 'img2img')[];
  };
  setup(ctx: ExtensionSetup<O, A>): void | Promise<void>;
}

const EXTENSION = Symbol.for('armature.extension');

/** Marks an extension; its identity stands in the manifest, not here. */
export function defineExtension<const O extends FieldShape = Record<never, never>, const A extends FieldShape = Record<never, never>>(
  definition: ExtensionDefinition<O, A>,
): ExtensionDefinition<O, A> {
  return Object.freeze({ ...definition, [EXTENSION]: true });
}

export const isExtension = (value: unknown): value is ExtensionDefinition =>
  typeof value === 'object' && value !== null && EXTENSION in value;
