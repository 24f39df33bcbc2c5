import { resolve } from 'node:path';
import { type Contribute, type Logger, PIPELINE, STORAGE } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import envPaths from 'env-paths';
import { assertHostConfig, type Host, type HostConfig } from '../api/index.js';
import { Catalogue } from '../checkpoint/index.js';
import { Scope } from '../di/index.js';
import { builtinFamilies } from '../families/index.js';
import { buildGeneration, type Generation } from '../generation/index.js';
import { type HookSet, onEngineTime } from '../hooks/index.js';
import { assertWritable, builtinUpscalers } from '../image/index.js';
import { RunningJobs, resolveSettings } from '../pipeline/index.js';
import { builtinSamplers, builtinSchedulers } from '../sampling/index.js';
import { ArmatureHost } from './armature-host.js';
import { createWeightsCache } from './create-weights-cache.js';
import type { BuiltGeneration } from './host-parts.js';
import { CLOCK } from './host-tokens.js';
import { provideDefaults } from './provide-defaults.js';

/**
 * Opens a host: model folders, extensions, and (when the first job comes) the runtime process. Extensions that fail are
 * reported by `host.extensions()`; the host opens all the same.
 * @throws HostError SETTING_UNKNOWN and REQUEST_INVALID (settings), CONFIG_INVALID (an unknown or wrong field, a folder that cannot be read), OUTPUT_UNWRITABLE (data folder)
 */
export async function createHost(config: HostConfig = {}): Promise<Host> {
  assertHostConfig(config);
  const log = config.log ?? consoleLog;
  const data = resolve(config.data ?? envPaths('armature', { suffix: '' }).data);
  await assertWritable(data);
  const scope = new Scope('host');
  for (const [token, factory] of config.provide ?? []) {
    if (token.symbol !== STORAGE.symbol) scope.provide(token, () => factory(''));
  }
  const catalogue = new Catalogue({ roots: (config.models ?? ['models']).map((root) => resolve(root)), data, watch: config.watch ?? true });
  const running = new RunningJobs();
  provideDefaults(scope, { config, catalogue, running, log });
  let host: ArmatureHost | undefined;
  scope.provide(PIPELINE, () => ({
    run: (request, options) => {
      const ready = host;
      if (!ready) throw new HostError('TOKEN_MISSING', { extension: 'An extension', token: 'a picture before the host is ready' });
      return onEngineTime(() => ready.child(request, options?.signal));
    },
  }));
  const build = async (number: number): Promise<BuiltGeneration> => {
    let settings = config.settings ?? {};
    const beforeReady = async ({ startup }: HookSet, registry: Generation['registry']): Promise<void> => {
      const configured = await startup.configure.transform({ settings: { ...settings } }, { log });
      resolveSettings({ stored: configured.settings, contributed: registry.list('setting').map(({ value }) => value) });
      settings = Object.freeze({ ...configured.settings });
    };
    const generation = await buildGeneration({ number, config, builtins, scope, data, log, clock: scope.get(CLOCK), beforeReady });
    return { generation, settings };
  };
  try {
    const weightsCache = createWeightsCache(config, data, log);
    host = new ArmatureHost({ config, scope, catalogue, running, weightsCache, data, log, build }, await build(1));
    return host;
  } catch (error) {
    await scope.dispose().catch((failure: unknown) => log.warn(String(failure)));
    throw error;
  }
}

function builtins(contribute: Contribute): void {
  for (const sampler of builtinSamplers) contribute.sampler(sampler);
  for (const upscaler of builtinUpscalers) contribute.upscaler(upscaler);
  for (const scheduler of builtinSchedulers) contribute.scheduler(scheduler);
  for (const family of builtinFamilies) contribute.modelFamily(family);
}

const consoleLog: Logger = {
  debug() {},
  info() {},
  warn: (message) => console.error(`armature: ${message}`),
  error: (message) => console.error(`armature: ${message}`),
};
