import { readFile } from 'node:fs/promises';
import { dirname, extname, relative } from 'node:path';
import type { Loader, Plugin } from 'esbuild';
import { fileScopeNames } from '../file-scope.js';
import { type PackageMap, slashed } from './package-map.js';

/** Names the banner of a product declares. */
export const productBanner =
  "import{createRequire as __product_require}from'node:module';import{fileURLToPath as __product_path}from'node:url';" +
  'const require=__product_require(import.meta.url);const __product_url=import.meta.url;';

/** Where the files of packages lie in a product. */
export const assetFolder = 'assets';

const loaders: Readonly<Record<string, Loader>> = { '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx', '.jsx': 'jsx' };
const asks = /import\.meta|__filename|__dirname/;

export interface ProductPlaces {
  readonly packages: PackageMap;
  /** Files that have another text in a product, by real path. */
  readonly replaced: ReadonlyMap<string, string>;
  /** Filled: packages whose code asks where it is, by folder, with the first such file. */
  readonly asked: Map<string, string>;
}

/**
 * In a product everything lies in one file. Code that asks where it is gets a place below `assets/`, at which the product has the
 * data files of its package in their order, and no place on the machine that built it.
 */
export function productPlacesPlugin({ packages, replaced, asked }: ProductPlaces): Plugin {
  return {
    name: 'product-places',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
        const replacement = replaced.get(path);
        if (replacement !== undefined) return { contents: replacement, loader: 'js' };
        const text = await readFile(path, 'utf8');
        const home = packages.of(path);
        if (!asks.test(text)) return undefined;
        if (!asked.has(home.folder)) asked.set(home.folder, path);
        const place = `${assetFolder}/${home.name}/${slashed(relative(home.folder, path))}`;
        // On the first line, so that line numbers stay true; one that names an interpreter becomes a comment.
        return { contents: head(text, place) + (text.startsWith('#!') ? '//' : '') + text, loader: loaders[extname(path)] ?? 'js' };
      });
    },
  };
}

function head(text: string, place: string): string {
  const url = (of: string): string => `new URL(${JSON.stringify(`./${of}`)},__product_url)`;
  const values: Readonly<Record<string, string>> = {
    'import.meta.url': `${url(place)}.href`,
    'import.meta.filename': `__product_path(${url(place)})`,
    'import.meta.dirname': `__product_path(${url(dirname(place))})`,
  };
  const wanted = Object.entries(values).filter(([name]) => text.includes(name) || text.includes(legacyNames[name] ?? name));
  return wanted.map(([name, value]) => `const ${fileScopeNames[name]}=${value};`).join('');
}

const legacyNames: Readonly<Record<string, string>> = { 'import.meta.filename': '__filename', 'import.meta.dirname': '__dirname' };
