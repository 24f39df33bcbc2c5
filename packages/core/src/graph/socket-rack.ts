import type { Socket } from '@armature/sdk';

/** The sockets of a plan by module path, and which of them the network has reached. */
export class SocketRack {
  readonly #byPath: ReadonlyMap<string, readonly Socket[]>;
  readonly #reached = new Set<string>();

  constructor(sockets: readonly Socket[]) {
    this.#byPath = new Map(sockets.map(({ at }) => [at, sockets.filter((socket) => socket.at === at)]));
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
