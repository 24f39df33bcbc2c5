import type { ExtensionSource, GenerationResult, Host } from '@armature/core';
import type { HookDeclaration } from '@armature/sdk';
import type { FakeClock } from './fake-clock.js';
import { inlineExtension } from './inline-extension.js';
import { capabilitiesFor } from './probe/capabilities-for.js';
import { hookDeclaration } from './probe/hook-declaration.js';
import { type HookName, hooksOf } from './probe/hook-name.js';
import { tapAny } from './probe/tap-any.js';

/** `returns-wrong`: it returns `false`, which no hook takes. */
export type Misbehaviour = 'throws' | 'rejects' | 'hangs' | 'returns-wrong';

type Request = Parameters<Host['txt2img']>[0];

export interface NeighbourOptions {
  readonly hook: HookName;
  readonly how: Misbehaviour;
  /** It behaves until this step of sampling, of a `wrap` hook until this run of decorated functions in a job (0-based). Default: it never behaves. */
  readonly step?: number;
  /** Default: `testing.neighbour-that-throws` and so on; two that do the same need two. */
  readonly id?: string;
  /** Where it stands among the taps of the hook, see `Stage`. Default: 0. */
  readonly stage?: number;
}

/** What a job with the neighbour came to, and the same request without it. */
export interface Provoked {
  readonly result: GenerationResult;
  readonly alone: GenerationResult;
}

/** An extension that misbehaves on purpose, to be put beside the one under test. */
export interface FaultyNeighbour {
  readonly id: string;
  readonly extension: ExtensionSource;
  /** Settles when it misbehaves for the first time. */
  readonly reached: Promise<void>;
  /**
   * Makes a picture with the neighbour, and one without. A neighbour that hangs takes the host's `hookTimeout`; with the
   * host's own fake clock it takes no time. @throws Error when the fault is not the neighbour's alone, when it did not come, or when the host does not work any more
   */
  provoke(host: Host, request: Request, options?: { readonly clock?: FakeClock }): Promise<Provoked>;
}

const codes: Readonly<Record<Misbehaviour, string>> = {
  throws: 'EXT_TAP_THREW',
  rejects: 'EXT_TAP_THREW',
  hangs: 'EXT_TAP_HUNG',
  'returns-wrong': 'EXT_TAP_RETURNED',
};

/** @throws RangeError for a misbehaviour that the hook cannot show */
export function faultyNeighbour(options: NeighbourOptions): FaultyNeighbour {
  const { hook, how, id = `testing.neighbour-that-${how}` } = options;
  hooksOf([hook]);
  const declaration = hookDeclaration(hook);
  if (declaration.kind === 'observe' && how === 'returns-wrong')
    throw new RangeError(`what a tap of ${hook} returns is ignored, so it cannot be wrong`);
  const sync = declaration.kind === 'wrap' && declaration.sync;
  if (sync && how !== 'throws' && how !== 'returns-wrong')
    throw new RangeError(`${hook} is synchronous: a tap can throw or return wrong, not ${how}`);
  const listeners = new Set<() => void>();
  const onReach = (fn: () => void): void => void listeners.add(fn);
  const reached = new Promise<void>(onReach);
  const misbehave = (): unknown => {
    // After this turn: the guard then counts the time of a tap that hangs.
    for (const listener of listeners) queueMicrotask(listener);
    listeners.clear();
    return acts[how](id, hook);
  };
  const definition = {
    setup: ({ hooks }: { readonly hooks: object }) => tapAny(hooks, hook, ...tapArguments(declaration, options, misbehave)),
  };
  const extension = inlineExtension(id, definition, capabilitiesFor([hook]));
  return { id, extension, reached, provoke: (host, request, { clock } = {}) => provoke({ ...options, id, onReach }, host, request, clock) };
}

const acts: Readonly<Record<Misbehaviour, (id: string, hook: string) => unknown>> = {
  throws: (id, hook) => {
    throw new Error(`${id} threw in ${hook}, as it was told to`);
  },
  rejects: (id, hook) => Promise.reject(new Error(`${id} rejected in ${hook}, as it was told to`)),
  hangs: () => new Promise(() => {}),
  'returns-wrong': () => false,
};

type Context = { readonly job: object; readonly step?: { readonly index: number } };
type TapArguments = readonly [(first: unknown, ctx: Context) => unknown, object];

function tapArguments(declaration: HookDeclaration, { how, step, stage = 0 }: NeighbourOptions, misbehave: () => unknown): TapArguments {
  const options = declaration.structural ? { stage, variant: () => how } : { stage };
  const due = (at: number | undefined): boolean => step === undefined || at === step;
  if (declaration.kind !== 'wrap') return [(_, ctx) => (due(ctx.step?.index) ? misbehave() : undefined), options];
  const runs = new WeakMap<object, number>();
  const decorate = (inner: unknown, { job }: Context): unknown => {
    return (...args: unknown[]) => {
      const run = runs.get(job) ?? 0;
      runs.set(job, run + 1);
      return due(run) ? misbehave() : (inner as (...args: unknown[]) => unknown)(...args);
    };
  };
  return [decorate, options];
}

type Neighbour = NeighbourOptions & { readonly id: string; onReach(fn: () => void): void };

async function provoke({ id, hook, how, onReach }: Neighbour, host: Host, request: Request, clock?: FakeClock): Promise<Provoked> {
  if (clock && how === 'hangs') onReach(() => clock.advanceToNext());
  const problem = (what: string): Error => new Error(`${id}, which ${how} in ${hook}: ${what}`);
  const { state, cause } = host.extensions().find((extension) => extension.id === id) ?? {};
  if (state !== 'active')
    throw problem(`it is ${state ?? 'not in this host'} ${cause?.message ?? '(give its .extension to createTestHost)'}`);
  const result = await host.txt2img(request);
  const [fault, ...more] = result.faults;
  if (!fault) throw problem('the job has no fault: the hook did not speak, or not at that step');
  const expected = { extension: id, hook, code: codes[how] };
  const wrong = [fault, ...more].find((seen) => seen.extension !== id || seen.hook !== hook || seen.code !== expected.code);
  if (wrong)
    throw problem(
      `expected ${expected.code} of it alone, and there is ${wrong.code} of ${wrong.extension} (${wrong.hook}): ${wrong.message}`,
    );
  const alone = await host.txt2img({ ...request, extensions: { ...request.extensions, [id]: { enabled: false } } });
  const later = alone.faults[0];
  if (later) throw problem(`without it the host still reports ${later.code} of ${later.extension} (${later.hook}): ${later.message}`);
  return { result, alone };
}
