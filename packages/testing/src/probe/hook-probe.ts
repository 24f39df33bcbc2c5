import type { ExtensionSource } from '@armature/core';
import { inlineExtension } from '../inline-extension.js';
import { capabilitiesFor } from './capabilities-for.js';
import type { HookCall } from './hook-call.js';
import { hookDeclaration } from './hook-declaration.js';
import { type HookName, type HookPattern, hooksOf } from './hook-name.js';
import { ProbeJournal } from './probe-journal.js';
import type { ProbedContext, RecordedCall } from './recorded-call.js';
import { tapAny } from './tap-any.js';

/** Listens to hooks from the first place and from the last, and changes nothing. */
export interface HookProbe {
  /** To be given to `createTestHost({ extensions: [mine, probe.extension] })`. */
  readonly extension: ExtensionSource;
  /** What was recorded of one hook, in calling order. */
  calls<N extends HookName>(hook: N): readonly HookCall<N>[];
  /** Name after name of the hooks that spoke, in the order in which they began. */
  order(): readonly HookName[];
  /** Calls that were forgotten: a probe keeps the latest 10,000, and of their values the latest 64 MiB. */
  readonly dropped: number;
  /** Forgets everything so far. */
  clear(): void;
}

/**
 * A probe for the hooks named (`sampling.guided`, `image.*`, `*`); for all when none is named. Values are kept as they are:
 * they cannot change. @throws RangeError for a name that no hook has
 */
export function hookProbe(...patterns: readonly HookPattern[]): HookProbe {
  const names = hooksOf(patterns.length === 0 ? ['*'] : patterns);
  const journal = new ProbeJournal();
  const listening = {
    setup({ hooks }: { readonly hooks: object }) {
      for (const name of names) listen(hooks, name, journal);
    },
  };
  const extension = inlineExtension(`testing.hook-probe-${++probes}`, listening, capabilitiesFor(names));
  return {
    extension,
    calls<N extends HookName>(hook: N) {
      if (!names.includes(hook)) throw new RangeError(`the probe does not listen to ${hook}; it was made for ${names.join(', ')}`);
      return journal.calls.filter((call) => call.hook === hook) as unknown as readonly HookCall<N>[];
    },
    order: () => journal.calls.map((call) => call.hook),
    get dropped() {
      return journal.dropped;
    },
    clear: () => journal.clear(),
  };
}

/** Two probes of one host need two ids. */
let probes = 0;

// biome-ignore lint/suspicious/noExplicitAny: a wrapped function may take anything
type AnyFunction = (...args: any[]) => unknown;

/** Beyond every stage that an author would write. */
const ends = { first: -Number.MAX_VALUE, last: Number.MAX_VALUE } as const;

function listen(hooks: object, name: HookName, journal: ProbeJournal): void {
  const { kind, structural } = hookDeclaration(name);
  const at = (stage: number): object => (structural ? { stage, variant: () => 'probe' } : { stage });
  if (kind === 'wrap') {
    tapAny(hooks, name, (inner: AnyFunction, ctx: ProbedContext) => innermost(journal, name, inner, ctx), at(ends.first));
    tapAny(hooks, name, (inner: AnyFunction, ctx: ProbedContext) => outermost(journal, name, inner, ctx), at(ends.last));
    return;
  }
  tapAny(hooks, name, (value: unknown, ctx: ProbedContext) => void journal.begin(name, kind, value, ctx), at(ends.first));
  const close = (value: unknown, ctx: ProbedContext): void => {
    const call = journal.under(name, ctx);
    if (call) journal.end(call, value);
  };
  tapAny(hooks, name, close, at(ends.last));
}

const outermost =
  (journal: ProbeJournal, name: HookName, inner: AnyFunction, ctx: ProbedContext): AnyFunction =>
  (...args) => {
    const call = journal.begin(name, 'wrap', args, ctx);
    return following(
      () => inner(...args),
      (result) => journal.end(call, result),
      () => journal.drop(call),
    );
  };

const innermost =
  (journal: ProbeJournal, name: HookName, inner: AnyFunction, ctx: ProbedContext): AnyFunction =>
  (...args) => {
    const call: RecordedCall | undefined = journal.under(name, ctx);
    if (!call) return inner(...args);
    const leave = call.enterInner(args);
    return following(
      () => inner(...args),
      leave,
      () => leave(undefined),
    );
  };

/** Runs a function and tells how it ended, at once or when its promise has settled; gives back what it gave. */
function following(run: () => unknown, ended: (result: unknown) => void, failed: () => void): unknown {
  let result: unknown;
  try {
    result = run();
  } catch (error) {
    failed();
    throw error;
  }
  if (!isThenable(result)) {
    ended(result);
    return result;
  }
  return Promise.resolve(result).then(
    (value: unknown) => {
      ended(value);
      return value;
    },
    (error: unknown) => {
      failed();
      throw error;
    },
  );
}

// Code that was loaded apart (`armature dev`) has a Promise of its own.
const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
