import { realpath } from 'node:fs/promises';
import { CATALOGUE, type CatalogueEntry, type NetworkSession, type SessionsApi, type TensorHandle } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { Scope } from '../di/index.js';
import type { Seat } from '../hooks/index.js';
import type { ExtensionFolder } from './extension-folder.js';

/** What an extension's sessions stand on: those of the host, and the folder it came in. */
export interface SessionParts {
  readonly sessions: SessionsApi;
  readonly folder: ExtensionFolder;
  /** Where the model folders are asked for. */
  readonly catalogue: Pick<Scope, 'has' | 'get'>;
}

/**
 * The sessions of one extension: keyed by its id and code, so that neither another extension nor changed code finds them, and
 * freed with it.
 */
export function ownedSessions({ id, digest }: Seat, { sessions, folder, catalogue }: SessionParts, scope: Scope): SessionsApi {
  const open = new Set<NetworkSession>();
  let disposed = false;
  scope.onDispose(async () => {
    disposed = true;
    for (const session of open) await session.free();
  });
  const own = async (opened: NetworkSession): Promise<NetworkSession> => {
    const session: NetworkSession = Object.freeze({
      inputs: opened.inputs,
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
  };
  return Object.freeze({
    release: (...handles: readonly TensorHandle[]) => sessions.release(...handles),
    async open({ key, emit, ...network }: Parameters<SessionsApi['open']>[0]): Promise<NetworkSession> {
      return own(await sessions.open({ ...network, key: `${id}/${key}@${digest}`, emit: (g) => emit(g) }));
    },
    async openFile(file: string | CatalogueEntry): Promise<NetworkSession> {
      if (typeof file !== 'string') return own(await sessions.openFile(await listedPath(file, catalogue)));
      const path = await folder.locate(file);
      if (path === undefined) throw new HostError('ONNX_ILLEGAL', { path: file, problem: `there is no such file in the folder of ${id}` });
      return own(await sessions.openFile(path));
    },
  });
}

/** The real path of a model file, which may be a link; an entry that was made up leads nowhere. @throws HostError PATH_ESCAPES */
async function listedPath({ kind, path }: CatalogueEntry, scope: SessionParts['catalogue']): Promise<string> {
  const known = scope.has(CATALOGUE) ? await scope.get(CATALOGUE).list(kind) : [];
  if (known.some((entry) => entry.path === path)) return realpath(path).catch(() => path);
  throw new HostError('PATH_ESCAPES', { path, folder: `of kind ${kind}` });
}
