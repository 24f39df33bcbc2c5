import { HostError, type NetworkSession, type SessionsApi } from '@armature/sdk';
import type { Scope } from '../di/index.js';
import type { Seat } from '../hooks/index.js';

/**
 * The sessions of one extension: keyed by its id and code, so that neither another extension nor changed code finds them, and
 * freed with it.
 */
export function ownedSessions({ id, digest }: Seat, sessions: SessionsApi, scope: Scope): SessionsApi {
  const open = new Set<NetworkSession>();
  let disposed = false;
  scope.onDispose(async () => {
    disposed = true;
    for (const session of open) await session.free();
  });
  return Object.freeze({
    release: (handle: Parameters<SessionsApi['release']>[0]) => sessions.release(handle),
    async open(network: Parameters<SessionsApi['open']>[0]): Promise<NetworkSession> {
      const { key, weightsPath, weightPrefix } = network;
      const opened = await sessions.open({ key: `${id}/${key}@${digest}`, weightsPath, weightPrefix, emit: (g) => network.emit(g) });
      const session: NetworkSession = Object.freeze({
        run: opened.run,
        async free() {
          open.delete(session);
          await opened.free();
        },
      });
      open.add(session);
      if (!disposed) return session;
      await session.free();
      throw new HostError('HOST_DISPOSED');
    },
  });
}
