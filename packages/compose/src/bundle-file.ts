import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { BundleFailure, bundleFailure } from './bundle-failure.js';
import { bundleOptions } from './bundle-options.js';
import type { HostModules } from './host-modules.js';

export interface BundleRequest {
  /** Absolute path. */
  readonly entry: string;
  readonly cacheFolder: string;
  readonly hostModules: HostModules;
}

const DAY = 86_400_000;

/**
 * Bundles `entry` and everything it imports, but for the host's modules, into one ES module.
 * @returns its absolute path, named after the contents.
 * @throws BundleFailure
 */
export async function bundleFile(request: BundleRequest): Promise<string> {
  const code = await compile(request);
  const stem = `${basename(request.entry, extname(request.entry))}.${digest(request.entry).slice(0, 8)}`;
  const path = join(request.cacheFolder, `${stem}.${digest(code).slice(0, 16)}.mjs`);
  await mkdir(request.cacheFolder, { recursive: true });
  if (await exists(path)) {
    await utimes(path, new Date(), new Date());
    return path;
  }
  await writeAtomically(path, code);
  await removeOlder(request.cacheFolder, stem, path);
  return path;
}

async function compile(request: BundleRequest): Promise<Uint8Array> {
  const { build } = await import('esbuild');
  try {
    const result = await build({
      ...bundleOptions(request),
      outfile: join(request.cacheFolder, 'out.mjs'),
      format: 'esm',
      sourcemap: 'inline',
      // CommonJS dependencies ask for `require` when they run.
      banner: {
        js: `import{createRequire as __armature_require}from'node:module';const require=__armature_require(${JSON.stringify(request.entry)});`,
      },
    });
    const code = result.outputFiles?.[0]?.contents;
    if (code === undefined) throw new BundleFailure('the compiler wrote nothing');
    return code;
  } catch (error) {
    throw bundleFailure(error, dirname(request.entry));
  }
}

const digest = (value: string | Uint8Array): string => createHash('sha256').update(value).digest('hex');

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function writeAtomically(path: string, code: Uint8Array): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`;
  await writeFile(draft, code);
  await rename(draft, path);
}

/** Earlier bundles of the same entry, unless another process may be about to import them. */
async function removeOlder(folder: string, stem: string, keep: string): Promise<void> {
  const now = Date.now();
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    if (!name.startsWith(`${stem}.`) || path === keep) continue;
    const info = await stat(path).catch(() => undefined);
    if (info && now - info.mtimeMs > DAY) await rm(path, { force: true });
  }
}
