import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createBundler, type LoadedConfig, loadConfig } from '@armature/compose';
import { createHost, type Host, type HostConfig } from '@armature/core';
import type { Logger } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { tinyModelFolder } from '@armature/tiny-model';
import type { Terminal } from '../terminal.js';
import { dataFolder } from './data-folder.js';
import { firstPartyExtensions } from './first-party-extensions.js';
import type { HostFlags } from './host-flags.js';
import { UserConfig } from './user-config.js';

export interface OpenedHost {
  readonly host: Host;
  /** Settings of the configuration file. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * A host as the command line sets it up: flags over the configuration file over what stands in the working folder.
 * The packages that come with the program are extensions like any other. The embedded tiny model comes last, so that
 * everything runs on a fresh machine. `change` has the last word; by default it leaves model folders unwatched, as nothing is run twice.
 */
export async function openHost(
  flags: HostFlags,
  terminal: Terminal,
  log: Logger,
  change: (config: HostConfig) => HostConfig | Promise<HostConfig> = forOneRun,
): Promise<OpenedHost> {
  const data = dataFolder(terminal);
  const cacheFolder = join(data, 'bundles');
  const loaded = await loadConfig({ folder: terminal.folder, path: flags.config, cacheFolder });
  const config = loaded?.config ?? {};
  const user = await new UserConfig(data).read();
  const scriptFolders = config.scriptFolders ?? [join(terminal.folder, 'scripts')];
  const whole: HostConfig = {
    ...config,
    ...definedOnly({
      weightsCache: user.weightsCache === 'off' ? 'off' : config.weightsCache,
      device: flags.device,
      threads: flags.threads,
      memory: flags.memory,
    }),
    models: await modelRoots(flags, config, terminal.folder),
    extensions: [...firstPartyExtensions(config.extensions), ...(config.extensions ?? [])],
    extensionFolders: config.extensionFolders ?? [join(terminal.folder, 'extensions')],
    scriptFolders,
    consents: [...(config.consents ?? []), ...user.consents],
    data: terminal.env.ARMATURE_DATA ? data : (config.data ?? data),
    log,
    bundler: createBundler({ cacheFolder }),
  };
  const host = await createHost(await change(whole));
  return { host, settings: config.settings ?? {} };
}

const forOneRun = (config: HostConfig): HostConfig => ({ watch: false, ...config });

async function modelRoots(flags: HostFlags, config: LoadedConfig['config'], folder: string): Promise<readonly string[]> {
  if (flags.models) return Promise.all(flags.models.map((path) => namedFolder(resolve(folder, path), path)));
  const local = join(folder, 'models');
  const named = config.models ?? ((await isFolder(local)) ? [local] : []);
  return [...new Set([...named, tinyModelFolder])];
}

async function namedFolder(path: string, seen: string): Promise<string> {
  if (await isFolder(path)) return path;
  throw new HostError('REQUEST_INVALID', {
    field: '--models',
    problem: `there is no folder ${path}; give a webui folder or its models folder`,
    seen,
  });
}

const isFolder = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined))?.isDirectory() ?? false;

function definedOnly<T extends Partial<HostConfig>>(values: T): Partial<HostConfig> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
