import { readFile } from 'node:fs/promises';
import { dirname, extname } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Loader, Plugin } from 'esbuild';
import { withoutBrokenMap } from './without-broken-map.js';

const URL_NAME = '__armature_url';
const FILE_NAME = '__armature_filename';
const FOLDER_NAME = '__armature_dirname';

/** For esbuild's `define`: the file's own place, under names each file declares for itself. */
export const fileScopeNames: Readonly<Record<string, string>> = {
  'import.meta.url': URL_NAME,
  'import.meta.filename': FILE_NAME,
  'import.meta.dirname': FOLDER_NAME,
  __filename: FILE_NAME,
  __dirname: FOLDER_NAME,
};

const asked = /import\.meta|__filename|__dirname/;
const loaders: Readonly<Record<string, Loader>> = { '.ts': 'ts', '.mts': 'ts', '.cts': 'ts', '.tsx': 'tsx', '.jsx': 'jsx' };

/**
 * A bundle lies in the cache folder, far from its sources. Files that ask where they are get the answer of their source,
 * so that an extension still finds the data beside it.
 */
export function fileScopePlugin(): Plugin {
  return {
    name: 'file-scope',
    setup(build) {
      build.onLoad({ filter: /\.[cm]?[jt]sx?$/ }, async ({ path }) => {
        const written = await readFile(path, 'utf8');
        const text = await withoutBrokenMap(written, path);
        const loader = loaders[extname(path)] ?? 'js';
        if (!asked.test(text) || text.startsWith('#!')) return text === written ? undefined : { contents: text, loader };
        const names = [
          [URL_NAME, pathToFileURL(path).href],
          [FILE_NAME, path],
          [FOLDER_NAME, dirname(path)],
        ];
        // On the first line, so that line numbers stay true.
        const head = names.map(([name, value]) => `const ${name} = ${JSON.stringify(value)};`).join('');
        return { contents: head + text, loader };
      });
    },
  };
}
