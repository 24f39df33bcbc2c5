import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { type Bundler, createHost, discoverExtensions, type ExtensionCandidate, type ExtensionReport } from '@armature/core';
import { isHostError } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { LoadedConfig } from '../load-config.js';

/** An extension that was chosen and works. */
export interface BuildSource {
  readonly id: string;
  readonly version: string;
  /** Real paths. */
  readonly folder: string;
  readonly entry: string;
  /** Its browser part, as the manifest names it. */
  readonly ui: string | undefined;
  readonly manifest: Exclude<ExtensionCandidate['manifest'], HostError>;
  /** What it did when a host was set up with it. */
  readonly report: Pick<ExtensionReport, 'hooks' | 'contributions'>;
}

/**
 * The extensions of a configuration, in its order. A host is set up with them once, so that one which would fail in the product
 * fails here, and so that it is known what they tap.
 * @throws HostError BUILD_EXTENSION, CONFIG_INVALID
 */
export async function buildSources({ path, config }: LoadedConfig, bundler: Bundler): Promise<readonly BuildSource[]> {
  const extensions = (config.extensions ?? []).map((source) => ({
    ...source,
    ...(source.from === undefined ? {} : { from: installed(source.from, dirname(path)) }),
  }));
  const found = await discoverExtensions({ ...config, extensions, bundler });
  const chosen = found.map(usable);
  const data = await mkdtemp(join(tmpdir(), 'armature-build-'));
  try {
    const quiet = { debug() {}, info() {}, warn() {}, error() {} };
    const host = await createHost({ ...config, extensions, models: [], data, log: quiet, bundler });
    try {
      return await Promise.all(chosen.map((candidate) => withReport(candidate, host.extensions())));
    } finally {
      await host.dispose();
    }
  } finally {
    await rm(data, { recursive: true, force: true });
  }
}

/** A package named in the configuration is looked for from there upwards. */
function installed(from: string, folder: string): string {
  if (isAbsolute(from)) return from;
  for (let at = folder; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', from);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (dirname(at) === at) return from;
  }
}

type UsableCandidate = ExtensionCandidate & Required<Pick<ExtensionCandidate, 'entry'>> & Pick<BuildSource, 'folder' | 'manifest'>;

function usable(candidate: ExtensionCandidate): UsableCandidate {
  const { origin, manifest, entry, folder } = candidate;
  if (isHostError(manifest)) throw unfit(origin, manifest.message);
  if (manifest.id.startsWith('script.')) throw unfit(origin, 'a single-file script has no manifest; make it a package');
  if (entry === undefined || folder === undefined)
    throw unfit(manifest.id, 'the configuration holds it as an object; name its folder or its package instead');
  return { ...candidate, entry, folder, manifest };
}

async function withReport({ manifest, folder, entry, origin }: UsableCandidate, reports: readonly ExtensionReport[]): Promise<BuildSource> {
  const { id, version, ui } = manifest;
  const report = reports.find((candidate) => candidate.id === id && candidate.origin === origin);
  if (report?.state !== 'active') throw unfit(id, `it is ${report?.state ?? 'missing'}${report?.cause ? `: ${report.cause.message}` : ''}`);
  return { id, version, folder: await realpath(folder), entry, ui, manifest, report };
}

const unfit = (extension: string, problem: string): HostError =>
  new HostError('BUILD_EXTENSION', { extension, problem: problem.replace(/\.$/, '') });
