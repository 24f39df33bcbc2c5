import { AsyncLocalStorage, createHook } from 'node:async_hooks';
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

interface Resource {
  hasRef?(): boolean;
  /** Of timers: cleared, or run for the last time. Node has no public word for it. */
  readonly _destroyed?: boolean;
}

/**
 * Timers, servers and the like that the code of a setup started itself: what is still there when the extension is gone was left
 * behind. What taps start later is not seen: looking costs every promise of the process something.
 */
export class StartedThings {
  readonly #things: { readonly kind: string; readonly resource: WeakRef<Resource> }[] = [];

  /** Runs a setup. What the host or others do meanwhile is not counted. */
  async watch(setup: () => void | Promise<void>): Promise<void> {
    const inside = new AsyncLocalStorage<true>();
    const hook = createHook({
      init: (_id, kind, _trigger, resource) => {
        if (!(kind in names) || !inside.getStore() || !authorFrame()) return;
        this.#things.push({ kind, resource: new WeakRef(resource as Resource) });
      },
    });
    hook.enable();
    try {
      await inside.run(true, async () => setup());
    } finally {
      hook.disable();
    }
  }

  /** Stops timers that still run, and can do no more than name the rest. @returns `a timer (2 times)`, each kind once. */
  stopLeft(): readonly string[] {
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
