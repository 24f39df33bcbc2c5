import type { First, HookCatalogue, Observe, Phase, Transform, Wrap } from '@armature/sdk';

export interface ObserveCaller<V, C> {
  /** Nobody listens: the call may be left out. */
  readonly tapped: boolean;
  observe(value: V, ctx: C): Promise<void>;
}
export interface TransformCaller<V, C> {
  readonly tapped: boolean;
  /** The value as the taps left it; `value` itself when none had an opinion. Never rejects because of a tap. */
  transform(value: V, ctx: C): Promise<V>;
}
export interface FirstCaller<Q, A, C> {
  readonly tapped: boolean;
  first(question: Q, ctx: C): Promise<A | undefined>;
}
export interface WrapCaller<F, C> {
  readonly tapped: boolean;
  /** Does a tap name this module path? */
  matching(path: string): boolean;
  /** The decorated function; `fn` itself when nobody decorates it. Only errors of `fn` leave it. */
  wrap(fn: F, ctx: C): F;
}

export type HookCaller<H> =
  H extends Observe<infer V, infer C>
    ? ObserveCaller<V, C>
    : H extends Transform<infer V, infer C>
      ? TransformCaller<V, C>
      : H extends First<infer Q, infer A, infer C>
        ? FirstCaller<Q, A, C>
        : H extends Wrap<infer F, infer C>
          ? WrapCaller<F, C>
          : never;

/** The hooks as the pipeline calls them: `callers.sampling.guided.transform(latent, ctx)`. */
export type HookCallers = {
  readonly [P in Phase]: { readonly [H in keyof HookCatalogue[P]]: HookCaller<HookCatalogue[P][H]> };
};

/** `sampling.guided` */
export type HookName = { [P in Phase]: `${P}.${keyof HookCatalogue[P] & string}` }[Phase];
