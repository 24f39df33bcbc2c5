import { isObject, type Predicate } from './predicates.js';

/** Names a value type and recognises it across copies of the SDK; `previous` is what a transform was given. */
export interface ValueGuard<V> {
  readonly name: string;
  accepts(value: unknown, previous: V): boolean;
}

export interface Observe<V, C> {
  readonly kind: 'observe';
  readonly structural: boolean;
  /** Speaks also to extensions that are at fault in this job. */
  readonly always: boolean;
  readonly types?: { value: V; context: C };
}
export interface Transform<V, C> {
  readonly kind: 'transform';
  readonly structural: boolean;
  readonly guard: ValueGuard<V>;
  readonly types?: { value: V; context: C };
}
export interface First<Q, A, C> {
  readonly kind: 'first';
  readonly structural: boolean;
  readonly guard: ValueGuard<A>;
  readonly types?: { question: Q; answer: A; context: C };
}
// biome-ignore lint/suspicious/noExplicitAny: a wrapped function may take anything
export interface Wrap<F extends (...args: any[]) => any, C> {
  readonly kind: 'wrap';
  readonly structural: boolean;
  /** A sync hook decorates at emit time and may not return a promise. */
  readonly sync: boolean;
  /** Recognises what the decorated function gives back; `previous` is what the inner function gave, if it ran. */
  readonly guard: ValueGuard<Awaited<ReturnType<F>> | undefined>;
  readonly types?: { fn: F; context: C };
}

// biome-ignore lint/suspicious/noExplicitAny: the widest declaration
export type HookDeclaration = Observe<any, any> | Transform<any, any> | First<any, any, any> | Wrap<any, any>;
export type HookKind = HookDeclaration['kind'];

/** Look at a value; what a tap returns is ignored. */
export const observe = <V, C>(options: { always?: boolean } = {}): Observe<V, C> => ({
  kind: 'observe',
  structural: false,
  always: options.always ?? false,
});

/** Return a replacement, or nothing to leave the value as it is. */
export const transform = <V, C>(guard: ValueGuard<V>, structural = false): Transform<V, C> => ({ kind: 'transform', structural, guard });

/** The first tap that returns something answers. */
export const first = <Q, A, C>(guard: ValueGuard<A>): First<Q, A, C> => ({ kind: 'first', structural: false, guard });

/** Decorate a function: `(inner, ctx) => replacement`. */
// biome-ignore lint/suspicious/noExplicitAny: a wrapped function may take anything
export const wrap = <F extends (...args: any[]) => any, C>(
  guard: ValueGuard<Awaited<ReturnType<F>> | undefined>,
  options: { sync?: boolean; structural?: boolean } = {},
): Wrap<F, C> => ({ kind: 'wrap', structural: options.structural ?? false, sync: options.sync ?? false, guard });

/** A guard from a predicate. */
export const guarded = <V>(name: string, accepts: (value: unknown, previous: V) => boolean): ValueGuard<V> => ({ name, accepts });

/** An object whose every member passes its check; members of its own may come along. */
export const record = <V>(name: string, members: { readonly [K in keyof V]-?: Predicate }): ValueGuard<V> => {
  const checks = Object.entries<Predicate>(members);
  return guarded(name, (value) => isObject(value) && checks.every(([key, check]) => check((value as Record<string, unknown>)[key])));
};
