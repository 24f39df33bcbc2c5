import type { ImportedModule } from '@armature/core';
import type { Metafile } from 'esbuild';

/** The modules that a bundle leaves outside, each with the files that name it. */
export function metafileImports({ inputs, outputs }: Metafile): readonly ImportedModule[] {
  const left = new Set(Object.values(outputs).flatMap(({ imports }) => imports.map(({ path }) => path)));
  return Object.entries(inputs).flatMap(([file, { imports }]) =>
    imports.filter(({ external, path }) => external && left.has(path)).map(({ path }) => ({ module: path, file })),
  );
}
