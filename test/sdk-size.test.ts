import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { root } from './source-file.js';

const limit = 5120;
/** For whoever runs extensions, not for their authors: errors are thrown by hosts, arguments parsed and described, hooks driven. */
const forHosts = [
  ...['HostError', 'errorCodes', 'hookCatalogue', 'deprecations', 'isExtension', 'decodeImages'],
  ...['alwaysonArgs', 'hasScriptTitle', 'argFlags', 'argsFromInfotext', 'argsToInfotext', 'extensionTitle', 'infotextKeys'],
  ...['argsSchema', 'argsShape', 'defaultArgs', 'parseArgs', 'fieldMeta', 'fieldTable', 'fieldJsonSchema', 'localiseSchema'],
  ...['toJsonSchema', 'textToValue'],
];
const values = [...readFileSync(join(root, 'test/surface/sdk.txt'), 'utf8').matchAll(/^value (\w+)/gm)].map(([, name = '']) => name);

/** Bytes of a module that has these names from the SDK: minified, zod outside, gzip. */
async function gzipped(names: readonly string[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${names.join(', ')} } from '@armature/sdk';`, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'node20',
    external: ['zod'],
  });
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
}

describe('the SDK without zod', () => {
  it(`with all an author can use is at most ${limit} bytes`, async () => {
    expect(forHosts.filter((name) => !values.includes(name))).toEqual([]);
    const bytes = await gzipped(values.filter((name) => !forHosts.includes(name)));
    console.info(`SDK: ${bytes} bytes for authors, ${await gzipped(values)} with what hosts need`);
    expect(bytes).toBeGreaterThan(1000);
    expect(bytes).toBeLessThanOrEqual(limit);
  });

  it('leaves out what a module does not use', async () => {
    expect(await gzipped(['defineExtension', 'field', 'Stage'])).toBeLessThan(1500);
  });
});
