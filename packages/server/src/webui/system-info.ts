import { cpus, freemem, platform, release, totalmem } from 'node:os';
import type { ServerParts } from '../server-parts.js';

/** The machine and what is set, for reports of errors; neither paths nor the environment. */
export async function systemInfo({ host, store }: ServerParts): Promise<Readonly<Record<string, unknown>>> {
  const extensions = host.extensions().map(({ id, version = '', state }) => ({ name: id, version, state }));
  return {
    Platform: `${platform()} ${release()} ${process.arch}`,
    Node: process.version,
    Version: `Armature ${host.version}`,
    CPU: { model: cpus()[0]?.model ?? '', count: cpus().length },
    RAM: { total: totalmem(), used: totalmem() - freemem(), free: freemem() },
    Extensions: extensions.filter(({ state }) => state === 'active'),
    'Inactive extensions': extensions.filter(({ state }) => state !== 'active'),
    Config: await store.all(),
  };
}
