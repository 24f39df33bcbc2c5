import type { First, HookCatalogue, Observe, Phase, Transform, Wrap } from '@armature/sdk';
import type { HookName } from './hook-name.js';

/** The declaration of a hook in the catalogue. */
type HookAt<N extends HookName> = N extends `${infer P extends Phase}.${infer H}`
  ? H extends keyof HookCatalogue[P]
    ? HookCatalogue[P][H]
    : never
  : never;

type ValueOf<H> =
  H extends Observe<infer V, infer _C>
    ? V
    : H extends Transform<infer V, infer _C>
      ? V
      : H extends First<infer Q, infer _A, infer _C>
        ? Q
        : H extends Wrap<infer F, infer _C>
          ? Parameters<F>
          : never;

type ResultOf<H> =
  H extends Transform<infer V, infer _C>
    ? V | undefined
    : H extends Wrap<infer F, infer _C>
      ? Awaited<ReturnType<F>> | undefined
      : undefined;

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

/** What reached the engine's own function behind a `wrap` hook, and what it gave back. */
export interface InnerCall<H> {
  readonly value: ValueOf<H>;
  readonly result: ResultOf<H>;
}

/** One time a hook spoke; of a `wrap` hook: one run of the decorated function. */
export interface HookCall<N extends HookName = HookName> {
  readonly hook: N;
  /** 0-based place among all calls that the probe has recorded, of whatever hook. */
  readonly index: number;
  /** What the first extension was given; the question of a `first` hook, the arguments of a `wrap` hook. @throws RangeError when it was let go */
  readonly value: ValueOf<HookAt<N>>;
  /** What the last extension left of it, or the decorated function gave back; undefined for `observe` and `first` hooks, and while it runs. @throws RangeError when it was let go */
  readonly result: ResultOf<HookAt<N>>;
  /** Did an extension change something? `transform`: another value came out; `first`: somebody answered; `wrap`: other arguments reached the engine's function, or another result came back. */
  readonly changed: boolean;
  /** `wrap` hooks: the runs of the engine's own function within this one; otherwise empty. */
  readonly inner: readonly InnerCall<HookAt<N>>[];
  readonly ctx: ContextOf<HookAt<N>>;
  /** Milliseconds on the scale of `performance.now()`. */
  readonly at: number;
  /** Milliseconds that the extensions between took, the engine's own function not included; undefined while it runs and for a `first` hook that was answered. */
  readonly milliseconds: number | undefined;
  /** The value in a few words, also when it was let go: `Latent [1, 4, 16, 16], -3.1 to 2.9, mean 0.02`. */
  readonly summary: string;
}
