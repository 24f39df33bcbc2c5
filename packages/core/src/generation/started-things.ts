import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { authorFrame } from './author-frame.js';

/** Kinds of Node's resources that go on by themselves, and what people call them. */
const names: Readonly<Record<string, string>> = {
  Timeout: 'a timer',
  TCPSERVERWRAP: 'a server',
  PIPESERVERWRAP: 'a server',
  UDPWRAP: 'a socket',
  PROCESSWRAP: 'a process',
  WORKER: 'a thread',
  FSEVENTWRAP: 'a file watch',
};

/** Node opens them in a later turn, when the author's line has left the stack; the host has none. */
const alwaysAuthors: readonly string[] = ['TCPSERVERWRAP', 'PIPESERVERWRAP', 'UDPWRAP'];

interface Resource {
  hasRef?(): boolean;
  /** Of timers: cleared, or run for the last time. Node has no public word for it. */
  readonly _destroyed?: boolean;
}

/**
 * Timers, servers and the like that the code of a setup started itself: what is still there when the extension is gone was left
 * behind. What taps start later is not seen.
 */
export class StartedThings {
  readonly #things: { readonly kind: string; readonly resource: WeakRef<Resource> }[] = [];
  readonly #inside = new AsyncLocalStorage<true>();
  readonly #hook = createHook({
    init: (_id, kind, _trigger, resource) => {
      if (!(kind in names) || !this.#inside.getStore()) return;
      // Of these, the host starts some itself when a setup asks it for a network or a picture.
      if (!alwaysAuthors.includes(kind) && !authorFrame()) return;
      this.#things.push({ kind, resource: new WeakRef(resource as Resource) });
    },
  });

  /** Runs a setup, and looks on until `close`. What the host or others do meanwhile is not counted. */
  async watch(setup: () => void | Promise<void>): Promise<void> {
    this.#hook.enable();
    await this.#inside.run(true, async () => setup());
    // A server opens a turn after it was told to.
    await nextTurn();
  }

  /** Ends the looking: it costs every promise of the process something, and a store that was used once would go on doing so. */
  close(): void {
    this.#hook.disable();
    this.#inside.disable();
  }

  /** Stops timers that still run, and can do no more than name the rest. @returns `a timer (2 times)`, each kind once. */
  async stopLeft(): Promise<readonly string[]> {
    // What was closed just now is closed a turn later.
    if (this.#things.length > 0) await nextTurn();
    const left = new Map<string, number>();
    for (const { kind, resource } of this.#things.splice(0)) {
      const thing = resource.deref();
      const runs = kind === 'Timeout' ? thing?._destroyed === false : thing?.hasRef?.() === true;
      if (!runs) continue;
      if (kind === 'Timeout') clearTimeout(thing as NodeJS.Timeout);
      const name = names[kind] as string;
      left.set(name, (left.get(name) ?? 0) + 1);
    }
    return [...left].map(([name, count]) => (count === 1 ? name : `${name} (${count} times)`));
  }
}
