import { copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostError } from '@armature/sdk';
import { z } from 'zod';
import type { Terminal } from '../terminal.js';
import type { PackageSource } from './package-source.js';
import { runNpm } from './run-npm.js';

const packedSchema = z
  .array(
    z.object({
      name: z.string(),
      version: z.string(),
      integrity: z.string(),
      filename: z.string(),
      unpackedSize: z.number(),
      files: z.array(z.object({ path: z.string() })),
    }),
  )
  .length(1);

/** npm's own lockfile, as far as it is read here. */
export const npmLockSchema = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({ version: z.string().optional(), link: z.boolean().optional(), hasInstallScript: z.boolean().optional() }),
  ),
});

/** A package with all it depends on, unpacked in a temporary folder. */
export interface FetchedPackage {
  /** Holds the package, its dependencies in its own `node_modules`. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** Of the packed file, `sha512-…`. */
  readonly integrity: string;
  readonly files: number;
  readonly bytes: number;
  readonly npmLock: z.output<typeof npmLockSchema>;
  /** Removes the temporary folder. */
  clean(): Promise<void>;
}

/** An earlier fetch that this one has to equal. */
export type Frozen = Pick<FetchedPackage, 'integrity' | 'npmLock'>;

/**
 * Fetches a package and its dependencies. None of their scripts run, and nothing is written outside a temporary folder.
 * @throws HostError PACKAGE_SOURCE (unsafe contents), PACKAGE_NOT_FOUND, PACKAGE_UNREACHABLE, PACKAGE_FAILED, EXT_LOCK, JOB_CANCELLED
 */
export async function fetchPackage(source: PackageSource, terminal: Terminal, frozen?: Frozen): Promise<FetchedPackage> {
  const folder = await mkdtemp(join(tmpdir(), 'armature-add-'));
  const clean = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    return { ...(await unpack(source, folder, terminal, frozen)), clean };
  } catch (error) {
    await clean();
    throw error;
  }
}

type Unpacked = Omit<FetchedPackage, 'clean'>;

async function unpack({ spec }: PackageSource, folder: string, terminal: Terminal, frozen: Frozen | undefined): Promise<Unpacked> {
  const npm = (call: readonly string[], where: string): Promise<unknown> => runNpm(call, { folder: where, about: spec }, terminal);
  const packed = packedSchema.parse(await npm(['pack', '--pack-destination', folder, '--', spec], terminal.folder))[0];
  if (!packed) throw new HostError('PACKAGE_FAILED', { package: spec, problem: 'npm pack named no file' });
  const { name, version, integrity, filename, unpackedSize, files } = packed;
  const outside = files.find(({ path }) => /^[/\\]|(?:^|[/\\])\.\.(?:[/\\]|$)|^[a-z]:/i.test(path));
  if (outside)
    throw new HostError('PACKAGE_SOURCE', { seen: spec, problem: `it holds ${outside.path}, which would lie outside its folder` });
  if (frozen && frozen.integrity !== integrity)
    throw new HostError('EXT_LOCK', { package: spec, path: 'armature-lock.json', problem: `${integrity} instead of ${frozen.integrity}` });
  await rename(join(folder, filename), join(folder, 'extension.tgz'));
  // The user's registry may be named beside the working folder's package.json.
  await copyFile(join(terminal.folder, '.npmrc'), join(folder, '.npmrc')).catch(() => {});
  const project = { name: 'armature-extension', private: true, dependencies: { [name]: 'file:extension.tgz' } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(project));
  if (frozen) await writeFile(join(folder, 'package-lock.json'), JSON.stringify(frozen.npmLock));
  // Nested: all a package needs lies below it. Peers are the host's own.
  const layout = ['--install-strategy=nested', '--omit=dev', '--omit=peer', '--legacy-peer-deps', '--no-audit', '--no-fund'];
  await npm([frozen ? 'ci' : 'install', ...layout], folder);
  const npmLock = npmLockSchema.parse(JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')));
  return { folder: join(folder, 'node_modules', name), name, version, integrity, files: files.length, bytes: unpackedSize, npmLock };
}
