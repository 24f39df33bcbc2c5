import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Blackens the picture: easy to see. */
export const blackens = `import { defineExtension } from '@armature/sdk';
export default defineExtension({ setup({ hooks }) { hooks.image.each.tap((image) => image.map(() => 0)); } });
`;

/** Writes an extension of plain JavaScript. `changes` replace fields of package.json, `files` add to the package. */
export async function extensionFolder(
  folder: string,
  changes: Readonly<Record<string, unknown>> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<string> {
  const manifest = {
    name: 'black',
    version: '1.0.0',
    type: 'module',
    armature: { api: 1, id: 'test.black', engines: { armature: '*' }, entry: './index.js' },
    peerDependencies: { '@armature/sdk': '*' },
    ...changes,
  };
  const all = { 'package.json': JSON.stringify(manifest), 'index.js': blackens, ...files };
  for (const [name, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}
