import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { root } from './source-file.js';

const limit = 5120;

/** Bytes of a module: minified, zod outside, gzip. */
async function gzipped(contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
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
  it(`is at most ${limit} bytes, all of it`, async () => {
    const bytes = await gzipped("export * from '@armature/sdk';");
    console.info(
      `SDK: ${bytes} bytes; the host's part, which extensions do not see: ${await gzipped("export * from '@armature/sdk/host';")}`,
    );
    expect(bytes).toBeGreaterThan(1000);
    expect(bytes).toBeLessThanOrEqual(limit);
  });

  it('leaves out what a module does not use', async () => {
    expect(await gzipped("export { defineExtension, field, Stage } from '@armature/sdk';")).toBeLessThan(1500);
  });
});
