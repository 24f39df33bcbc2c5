import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ExtensionSource, HostConfig } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import { BundleFailure } from './bundle-failure.js';
import { bundleFile } from './bundle-file.js';
import { configSchema } from './config-schema.js';
import type { ArmatureConfig } from './define-config.js';
import { configModules } from './host-modules.js';

export interface ConfigSearch {
  /** Where `armature.config.ts`, `.js` or `.mjs` is looked for; folders above it are not searched. */
  readonly folder: string;
  /** A file named by the user, relative to `folder`; it must exist. */
  readonly path?: string | undefined;
  /** Where the bundled file goes. */
  readonly cacheFolder: string;
}

export interface LoadedConfig {
  /** Absolute path of the file. */
  readonly path: string;
  /** With every path absolute. */
  readonly config: Omit<HostConfig, 'log' | 'bundler' | 'provide'>;
}

const names = ['armature.config.ts', 'armature.config.js', 'armature.config.mjs'];

/**
 * Reads the configuration file.
 * @returns undefined when none was named and the folder has none.
 * @throws HostError CONFIG_INVALID with the path and the field.
 */
export async function loadConfig(search: ConfigSearch): Promise<LoadedConfig | undefined> {
  const path = await locate(search);
  if (path === undefined) return undefined;
  const value = await evaluate(path, search.cacheFolder);
  const parsed = configSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path.join('.');
    throw invalid(path, `${field ? `${field}: ` : ''}${issue?.message ?? 'not a configuration'}`);
  }
  return { path, config: absolute(parsed.data as ArmatureConfig, dirname(path)) };
}

async function locate({ folder, path }: ConfigSearch): Promise<string | undefined> {
  for (const name of path === undefined ? names : [path]) {
    const candidate = resolve(folder, name);
    const info = await stat(candidate).catch(() => undefined);
    if (info?.isFile()) return candidate;
  }
  if (path !== undefined) throw invalid(resolve(folder, path), 'there is no such file');
  return undefined;
}

async function evaluate(path: string, cacheFolder: string): Promise<unknown> {
  try {
    const bundle = await bundleFile({ entry: path, cacheFolder, hostModules: configModules });
    const module: { readonly default?: unknown } = await import(pathToFileURL(bundle).href);
    if (module.default === undefined) throw invalid(path, 'it has no default export; write export default defineConfig({ … })');
    return await module.default;
  } catch (error) {
    if (error instanceof HostError) throw error;
    const problem = error instanceof BundleFailure ? error.message : `it failed while it was read: ${String(error)}`;
    throw invalid(path, problem, error);
  }
}

function absolute(config: ArmatureConfig, folder: string): LoadedConfig['config'] {
  const { extensions, models, extensionFolders, scriptFolders, data, ...rest } = config;
  const all = (paths: readonly string[]): string[] => paths.map((path) => resolve(folder, path));
  return {
    ...rest,
    ...(models && { models: all(models) }),
    ...(extensionFolders && { extensionFolders: all(extensionFolders) }),
    ...(scriptFolders && { scriptFolders: all(scriptFolders) }),
    ...(data && { data: resolve(folder, data) }),
    ...(extensions && { extensions: extensions.map((extension) => source(extension, folder)) }),
  };
}

/** A name that begins with a dot or a slash is a folder, any other a package. */
function source(extension: string | ExtensionSource, folder: string): ExtensionSource {
  const value = typeof extension === 'string' ? { from: extension } : extension;
  if (value.from === undefined || !(/^\.{1,2}[/\\]/.test(value.from) || isAbsolute(value.from))) return value;
  return { ...value, from: resolve(folder, value.from) };
}

const invalid = (path: string, problem: string, cause?: unknown): HostError =>
  new HostError('CONFIG_INVALID', { path, problem }, { cause });
