import { realpath } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { HostError } from '@armature/sdk/host';
import type { BuildSource } from './build-sources.js';
import { bundleFiles } from './bundle-product.js';
import type { PackageMap } from './package-map.js';
import type { ProductFile } from './product-file.js';
import { assetFolder } from './product-places.js';

/** A bundle for the browser for each extension that names a `ui` entry. @throws HostError BUILD_EXTENSION, BUILD_FAILED, PATH_ESCAPES */
export async function browserFiles(
  sources: readonly BuildSource[],
  packages: PackageMap,
): Promise<readonly (readonly [string, ProductFile])[]> {
  const files: [string, ProductFile][] = [];
  for (const { id, folder, ui } of sources) {
    if (ui === undefined) continue;
    const entry = await realpath(resolve(folder, ui)).catch((error: unknown) => {
      throw new HostError('BUILD_EXTENSION', { extension: id, problem: `its ui ${ui} does not exist` }, { cause: error });
    });
    if (!entry.startsWith(folder + sep)) throw new HostError('PATH_ESCAPES', { path: entry, folder });
    const { texts } = await bundleFiles({ ui: entry }, { platform: 'browser', target: 'es2022' }, packages);
    files.push([join(assetFolder, id, 'ui.js').replaceAll(sep, '/'), texts.ui ?? '']);
  }
  return files;
}
