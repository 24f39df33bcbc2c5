import { type HookFacade, Stage, type TapOptions } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { pathGlob } from './path-glob.js';
import { shortForm } from './short-form.js';
import type { Seat, TapRecord } from './tap-record.js';

type TapFunction = TapRecord['fn'];
interface AnyTapOptions extends TapOptions {
  readonly variant?: (ctx: object) => unknown;
  readonly path?: string;
}
const known = ['stage', 'variant', 'path'];

interface TapListeners {
  /** Told of taps made after `close`. */
  onLate(hook: string): void;
  /** Told of taps that are taken. */
  readonly onTap?: ((hook: string) => void) | undefined;
}

/** Records the taps of one extension while its setup runs. They count once the setup has succeeded. */
export class TapRecorder {
  readonly #seat: Seat;
  readonly #listeners: TapListeners;
  readonly #taps: TapRecord[] = [];
  #open = true;

  constructor(seat: Seat, listeners: TapListeners) {
    this.#seat = seat;
    this.#listeners = listeners;
  }

  /** What was recorded so far. */
  get taps(): readonly TapRecord[] {
    return this.#taps;
  }

  /** What the extension is given: every hook of the catalogue with a `tap` of its own. */
  facade(catalogue: Readonly<Record<string, object>>): HookFacade<never> {
    const phases = Object.entries(catalogue).map(([phase, hooks]) => {
      const points = Object.keys(hooks).map((name) => [name, Object.freeze({ tap: this.#tapOf(`${phase}.${name}`) })]);
      return [phase, this.#named(`${phase}.`, Object.fromEntries(points))];
    });
    return this.#named('', Object.fromEntries(phases)) as HookFacade<never>;
  }

  /** No tap is taken from here on. @returns what was recorded. */
  close(): readonly TapRecord[] {
    this.#open = false;
    return this.#taps;
  }

  #tapOf(hook: string): (first: unknown, second?: unknown) => void {
    return (first, second) => {
      if (!this.#open) {
        this.#listeners.onLate(hook);
        return;
      }
      const [fn, options] = typeof first === 'function' ? [first, second] : [second, first];
      if (typeof fn !== 'function') throw this.#misused(hook, `tap() was given ${shortForm(fn)} in place of a function`);
      const { stage = Stage.Default, variant, path } = this.#optionsOf(hook, options);
      const matches = path === undefined ? () => true : pathGlob(path);
      this.#taps.push({ seat: this.#seat, hook, stage, fn: fn as TapFunction, variant, path, matches, slot: -1 });
      this.#listeners.onTap?.(hook);
    };
  }

  #optionsOf(hook: string, options: unknown): AnyTapOptions {
    if (options === undefined) return {};
    if (typeof options !== 'object' || options === null) throw this.#misused(hook, `tap options are ${shortForm(options)}, not an object`);
    const stranger = Object.keys(options).find((key) => !known.includes(key));
    if (stranger !== undefined) throw this.#misused(hook, `there is no tap option "${stranger}"; known are ${known.join(', ')}`);
    const { stage, variant, path } = options as AnyTapOptions;
    if (stage !== undefined && !Number.isFinite(stage)) throw this.#misused(hook, `stage is ${shortForm(stage)}, not a number`);
    if (variant !== undefined && typeof variant !== 'function') throw this.#misused(hook, 'variant is not a function');
    if (path !== undefined && (typeof path !== 'string' || hook !== 'graph.module')) {
      throw this.#misused(hook, 'path is a module pattern and belongs to graph.module');
    }
    return options;
  }

  /** Asking for a name that is not there says so, in place of an undefined that fails elsewhere. */
  #named(prefix: string, members: Readonly<Record<string, unknown>>): object {
    return new Proxy(Object.freeze(members), {
      get: (target, name) => {
        if (typeof name === 'symbol' || name in target) return Reflect.get(target, name);
        throw this.#misused(`${prefix}${name}`, `there is no such hook; known are ${Object.keys(target).join(', ')}`);
      },
    });
  }

  #misused(hook: string, problem: string): HostError {
    return new HostError('EXT_TAP_OPTION', { extension: this.#seat.id, hook, problem });
  }
}
