import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { HostError } from '@armature/sdk/host';
import type { Bundler } from '../api/index.js';
import { assertImports } from './assert-capabilities.js';
import { fileDigest } from './code-digest.js';
import type { LoadedDefinition } from './extension-candidate.js';
import type { Manifest } from './manifest.js';

/** How the code of a found extension is loaded. */
export interface LoadOptions {
  readonly bundler: Bundler | undefined;
  /** What its code may reach for. */
  readonly manifest: Manifest;
  /** Bundle JavaScript too, whether or not it finds `@armature/sdk` from where it lies. */
  readonly bundleAll: boolean;
  /** Digest of unbundled code. */
  digest(): Promise<string>;
}

/**
 * Imports an entry file. Its digest stands in the address, so that changed code is read anew and unchanged code is not.
 * @throws HostError EXT_NO_BUNDLER for TypeScript without a bundler, EXT_CAPABILITY.
 */
export async function loadModule(entry: string, options: LoadOptions): Promise<LoadedDefinition> {
  if (options.bundler?.imports) assertImports(options.manifest, await options.bundler.imports(entry));
  const own = await options.bundler?.load?.(entry);
  if (own) return { definition: unwrapDefault(own.exports.default), digest: own.digest };
  const isTypeScript = /\.[cm]?tsx?$/.test(entry);
  if (isTypeScript && !options.bundler) throw new HostError('EXT_NO_BUNDLER', { path: entry });
  const asItStands = !isTypeScript && !options.bundleAll && findsSdk(entry);
  const bundled = options.bundler && !asItStands ? await options.bundler.bundle(entry) : undefined;
  const digest = bundled === undefined ? await options.digest() : await fileDigest(bundled);
  const url = pathToFileURL(bundled ?? entry);
  url.searchParams.set('v', digest);
  const module = (await import(/* @vite-ignore */ url.href)) as { readonly default?: unknown };
  return { definition: unwrapDefault(module.default), digest };
}

/** Code in a loose folder, as one that `armature add` has made, finds no SDK; the bundler gives it the host's. */
function findsSdk(entry: string): boolean {
  try {
    createRequire(entry).resolve('@armature/sdk');
    return true;
  } catch {
    return false;
  }
}

/** CommonJS compiled from an ES module keeps its default export one level deeper. */
const unwrapDefault = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'default' in value ? (value as { default: unknown }).default : value;
