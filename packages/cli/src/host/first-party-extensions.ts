import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { ExtensionSource } from '@armature/core';

const require = createRequire(import.meta.url);

/** What comes with the program, as the webui's built-in extensions do: name → folder. */
const packages: Readonly<Record<string, () => string>> = {
  '@armature/ext-controlnet': () => dirname(require.resolve('@armature/ext-controlnet/package.json')),
  '@armature/ext-lora': () => dirname(require.resolve('@armature/ext-lora/package.json')),
  '@armature/ext-hypernetwork': () => dirname(require.resolve('@armature/ext-hypernetwork/package.json')),
  '@armature/ext-textual-inversion': () => dirname(require.resolve('@armature/ext-textual-inversion/package.json')),
  '@armature/ext-upscalers': () => dirname(require.resolve('@armature/ext-upscalers/package.json')),
  '@armature/ext-scripts': () => dirname(require.resolve('@armature/ext-scripts/package.json')),
  '@armature/ext-openai': () => dirname(require.resolve('@armature/ext-openai/package.json')),
  '@armature/ext-soft-inpainting': () => dirname(require.resolve('@armature/ext-soft-inpainting/package.json')),
};

/** The packages that come with the program, without those the configuration names itself. */
export function firstPartyExtensions(named: readonly ExtensionSource[] = []): readonly ExtensionSource[] {
  const own = new Set(named.map(({ from }) => from));
  return Object.entries(packages).flatMap(([name, folder]) => (own.has(name) ? [] : installed(folder)));
}

/** Who takes a package away takes its extension away. */
function installed(folder: () => string): readonly ExtensionSource[] {
  try {
    return [{ from: folder() }];
  } catch {
    return [];
  }
}
