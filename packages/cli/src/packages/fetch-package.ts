import { copyFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { z } from 'zod';
import type { Terminal } from '../terminal.js';
import type { PackageSource } from './package-source.js';
import { runNpm } from './run-npm.js';

const packageName = /^(?:@[a-z0-9][\w.~-]*\/)?[a-z0-9][\w.~-]*$/i;
const packedSchema = z
  .array(
    z.object({
      name: z.string(),
      version: z.string(),
      integrity: z.string(),
      unpackedSize: z.number(),
      files: z.array(z.object({ path: z.string() })),
    }),
  )
  .length(1);

/** npm's own lockfile, as far as it is read here. */
export const npmLockSchema = z.looseObject({
  packages: z.record(
    z.string(),
    z.looseObject({
      version: z.string().optional(),
      integrity: z.string().optional(),
      link: z.boolean().optional(),
      hasInstallScript: z.boolean().optional(),
    }),
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

async function unpack({ spec, kind }: PackageSource, folder: string, terminal: Terminal, frozen: Frozen | undefined): Promise<Unpacked> {
  const npm = (call: readonly string[], where: string): Promise<unknown> => runNpm(call, { folder: where, about: spec }, terminal);
  const { name, version, integrity, unpackedSize, files } = packedPackage(
    await npm(['pack', '--dry-run', '--', spec], terminal.folder),
    spec,
  );
  if (frozen && frozen.integrity !== integrity)
    throw new HostError('EXT_LOCK', { package: spec, path: 'armature-lock.json', problem: `${integrity} instead of ${frozen.integrity}` });
  const packed = join(folder, 'extension.tgz');
  if (kind === 'file') await copyFile(spec, packed);
  else {
    await npm(['pack', '--pack-destination', folder, '--', spec], terminal.folder);
    const written = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
    await rename(join(folder, written ?? ''), packed);
  }
  // The user's registry may be named beside the working folder's package.json.
  await copyFile(join(terminal.folder, '.npmrc'), join(folder, '.npmrc')).catch(() => {});
  const project = { name: 'armature-extension', private: true, dependencies: { [name]: 'file:extension.tgz' } };
  await writeFile(join(folder, 'package.json'), JSON.stringify(project));
  if (frozen) await writeFile(join(folder, 'package-lock.json'), JSON.stringify(frozen.npmLock));
  // Nested: all a package needs lies below it. Peers are the host's own.
  const layout = ['--install-strategy=nested', '--omit=dev', '--omit=peer', '--legacy-peer-deps', '--no-audit', '--no-fund'];
  await npm([frozen ? 'ci' : 'install', ...layout], folder);
  const npmLock = npmLockSchema.parse(JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8')));
  if (npmLock.packages[`node_modules/${name}`]?.integrity !== integrity)
    throw new HostError('PACKAGE_FAILED', { package: spec, problem: 'it changed while it was read' });
  return { folder: join(folder, 'node_modules', name), name, version, integrity, files: files.length, bytes: unpackedSize, npmLock };
}

/** What npm says it packs, once its name and the names in it are safe to write. @throws HostError PACKAGE_SOURCE */
function packedPackage(said: unknown, spec: string): z.output<typeof packedSchema>[number] {
  const unsafe = (problem: string): HostError => new HostError('PACKAGE_SOURCE', { seen: spec, problem });
  const packed = packedSchema.safeParse(said).data?.[0];
  if (!packed) throw unsafe('npm does not say what is in it');
  if (!packageName.test(packed.name)) throw unsafe(`it calls itself ${JSON.stringify(packed.name)}, which is no npm name`);
  const outside = packed.files.find(({ path }) => /^[/\\]|(?:^|[/\\])\.\.(?:[/\\]|$)|^[a-z]:/i.test(path));
  if (outside) throw unsafe(`it holds ${outside.path}, which would lie outside its folder`);
  return packed;
}
