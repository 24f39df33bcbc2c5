import type { HookCatalogue } from './catalogue.js';
import type { JobScope } from './contexts.js';
import type { First, Observe, Transform, Wrap } from './kinds.js';

export type Awaitable<T> = T | Promise<T>;

/** Contexts of a job also carry the extension's own arguments. */
export type WithArgs<C, Args> = C extends JobScope ? C & { readonly args: Args } : C;

export interface TapOptions {
  /** A rung of `Stage` or any number between. */
  readonly stage?: number;
}

/** A tap that changes what is emitted: its `variant` becomes part of the session's key. */
export interface StructuralTapOptions<C> extends TapOptions {
  /** Names what this tap will do for this job; undefined: it sits this one out. */
  variant(ctx: C): string | undefined;
  /** `graph.module` only: which modules, with `*` for one name and `**` for any number. */
  readonly path?: string;
}

export type TapFn<H, Args> =
  H extends Observe<infer V, infer C>
    ? (value: V, ctx: WithArgs<C, Args>) => Awaitable<void>
    : H extends Transform<infer V, infer C>
      ? (value: V, ctx: WithArgs<C, Args>) => Awaitable<V | undefined | void>
      : H extends First<infer Q, infer A, infer C>
        ? (question: Q, ctx: WithArgs<C, Args>) => Awaitable<A | undefined | void>
        : H extends Wrap<infer F, infer C>
          ? (inner: F, ctx: WithArgs<C, Args>) => F | undefined | void
          : never;

type ContextOf<H> =
  H extends Observe<infer _V, infer C>
    ? C
    : H extends Transform<infer _V, infer C>
      ? C
      : H extends First<infer _Q, infer _A, infer C>
        ? C
        : H extends Wrap<infer _F, infer C>
          ? C
          : never;

export type TapPoint<H, Args> = H extends { readonly structural: boolean }
  ? {
      tap(fn: TapFn<H, Args>, options?: TapOptions): void;
      tap(options: StructuralTapOptions<WithArgs<ContextOf<H>, Args>>, fn: TapFn<H, Args>): void;
    }
  : never;

/** The hooks as one extension sees them. */
export type HookFacade<Args> = {
  readonly [P in keyof HookCatalogue]: { readonly [H in keyof HookCatalogue[P]]: TapPoint<HookCatalogue[P][H], Args> };
};
