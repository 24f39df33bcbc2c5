import { fileURLToPath } from 'node:url';
import type { BuildProgram } from './build-request.js';
import { engineFolders } from './engine-folders.js';
import type { ProductModules } from './product-modules.js';

const own = (name: string): string => JSON.stringify(fileURLToPath(new URL(`./${name}.js`, import.meta.url)));

/** The modules written for one product. `program`: what it runs, a module that is imported runs none; `preset`: what the product is composed of. */
export function productTexts(program: BuildProgram | undefined, preset: string): ProductModules {
  const started = `import { product } from ${JSON.stringify(program?.entry)};
await product(process.argv.slice(2));
`;
  const embedded = `import { presetHost } from ${own('preset-host')};
import { preset } from 'product:preset';
export * from '@armature/core';
export * from '@armature/sdk';
export const createHost = presetHost(preset);
`;
  const compose = `import { presetConfig } from ${own('preset-config')};
import { preset } from 'product:preset';
export const { loadConfig, createBundler } = presetConfig(preset);
`;
  const engine = [...engineFolders.all, ...(program?.packages ?? [])];
  return { texts: { entry: program ? started : embedded, preset, compose }, compose: 'compose', engine };
}

/** Types of a module product, for those who have the engine's packages installed beside it. */
export const productTypes = `export * from '@armature/core';
export * from '@armature/sdk';
`;
