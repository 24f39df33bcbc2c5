import type { Socket } from '@armature/sdk';

/** The sockets of a plan by module path, and which of them the network has reached. */
export class SocketRack {
  readonly #byPath: ReadonlyMap<string, readonly Socket[]>;
  readonly #reached = new Set<string>();

  constructor(sockets: readonly Socket[]) {
    const byPath = new Map<string, Socket[]>();
    for (const socket of sockets) {
      const here = byPath.get(socket.at) ?? [];
      // Two extensions may plan the same socket: it is one input, and the runtime sums what they fill it with.
      if (!here.some(({ name }) => name === socket.name)) byPath.set(socket.at, [...here, socket]);
    }
    this.#byPath = byPath;
  }

  at(path: string): readonly Socket[] {
    const sockets = this.#byPath.get(path);
    if (sockets) this.#reached.add(path);
    return sockets ?? [];
  }

  unused(): readonly Socket[] {
    return [...this.#byPath].flatMap(([path, sockets]) => (this.#reached.has(path) ? [] : sockets));
  }
}
