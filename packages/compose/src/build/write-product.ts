import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { HostError } from '@armature/sdk/host';
import type { ProductManifest } from './describe-product.js';
import type { ProductFiles } from './product-file.js';

/** Every product has it. */
const manifestName = 'armature.manifest.json';

/**
 * Writes a product into `out`. Files of an earlier product there go; whatever else lies there (installed packages, a user's file
 * that came later) stays. A folder with files and without a product is refused.
 * @throws HostError OUTPUT_UNWRITABLE
 */
export async function writeProduct(out: string, files: ProductFiles, manifest: ProductManifest): Promise<void> {
  try {
    await removeEarlier(out);
    await mkdir(out, { recursive: true });
    // First, so that a build that was stopped is known for what it is by the next one.
    await writeFile(join(out, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
    for (const [path, file] of files) {
      const target = join(out, path);
      await mkdir(dirname(target), { recursive: true });
      if (typeof file === 'string' || file instanceof Uint8Array)
        await writeFile(target, file, { mode: path === manifest.entry && manifest.target !== 'module' ? 0o755 : 0o644 });
      else await copyFile(file.from, target);
    }
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw new HostError('OUTPUT_UNWRITABLE', { path: out, problem: String(error) }, { cause: error });
  }
}

async function removeEarlier(out: string): Promise<void> {
  const names = await readdir(out).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length === 0) return;
  if (!names.includes(manifestName))
    throw new HostError('OUTPUT_UNWRITABLE', { path: out, problem: 'it holds files that no build has written; name another folder' });
  const { files } = JSON.parse(await readFile(join(out, manifestName), 'utf8')) as Partial<ProductManifest>;
  for (const path of Object.keys(files ?? {})) if (resolve(out, path).startsWith(out + sep)) await rm(join(out, path), { force: true });
}
