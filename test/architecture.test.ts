import { basename, join, relative } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { root, type SourceFile, type SyntaxNode, sourceFiles, subfolders, visit } from './source-file.js';

const packages = subfolders('packages');
const examples = subfolders('examples');
const sources = packages.flatMap((name) => sourceFiles(`packages/${name}/src`));
const written = [
  ...sources,
  ...packages.flatMap((name) => [...sourceFiles(`packages/${name}/bin`), ...sourceFiles(`packages/${name}/test`)]),
].concat(sourceFiles('examples'), sourceFiles('bench'), sourceFiles('test'), sourceFiles('tools'));

/** DESIGN §3: who may import whom. `ext-*` packages and examples see the SDK and the networks. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  sdk: [],
  nn: ['sdk'],
  core: ['sdk', 'nn'],
  'tiny-model': [],
  testing: ['sdk', 'core', 'tiny-model'],
  compose: ['sdk', 'core'],
  server: ['sdk', 'core'],
  cli: ['sdk', 'core', 'compose', 'server', 'tiny-model'],
};
const extension = ['sdk', 'nn'];

/** Libraries that only one place may import. */
const owners: Readonly<Record<string, string>> = {
  'onnxruntime-node': 'packages/core/src/runtime/',
  'onnxruntime-common': 'packages/core/src/runtime/',
  tapable: 'packages/core/src/hooks/',
  tsyringe: 'packages/core/src/di/',
  'reflect-metadata': 'packages/core/src/di/',
  sharp: 'packages/core/src/image/',
  esbuild: 'packages/compose/src/',
  commander: 'packages/cli/src/',
};

const packageOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
const armaturePackage = (specifier: string): string | undefined => /^@armature\/([\w-]+)/.exec(specifier)?.[1];

/** `file imports specifier` for each import that `allowed` turns down. */
function unlawful(
  files: readonly SourceFile[],
  allowed: (specifier: string, file: SourceFile, target: string | undefined, typeOnly: boolean) => boolean,
): string[] {
  return files.flatMap((file) =>
    file.imports
      .filter(({ specifier, file: target, typeOnly }) => !allowed(specifier, file, target && relative(root, target), typeOnly))
      .map(({ specifier }) => `${file.path} imports ${specifier}`),
  );
}

/** Parts of the SDK for whoever runs extensions. */
const engineOnly = /^@armature\/sdk\/(?:internal|host)$/;

describe('packages', () => {
  it.each(packages)('%s imports only what stands below it', (name) => {
    const lawful = name.startsWith('ext-') ? extension : mayImport[name];
    expect(lawful, `packages/${name} has no place in the import law yet`).toBeDefined();
    const files = sources.filter((file) => file.path.startsWith(`packages/${name}/`));
    const inside = (target: string | undefined): boolean => target === undefined || target.startsWith(`packages/${name}/`);
    expect(
      unlawful(files, (specifier, _, target) => {
        const other = armaturePackage(specifier);
        const forEngine = engineOnly.test(specifier) && name.startsWith('ext-');
        return inside(target) && !forEngine && (other === undefined || lawful?.includes(other) === true);
      }),
    ).toEqual([]);
  });

  it.each(examples)('example %s sees the SDK alone', (name) => {
    const lawful = name.startsWith('embed-') ? [...extension, 'core'] : extension;
    // A configuration is the composer's, not the extension's.
    const files = sourceFiles(`examples/${name}`).filter(({ path }) => !path.includes('/test/') && !path.endsWith('/armature.config.ts'));
    expect(
      unlawful(files, (specifier) => !engineOnly.test(specifier) && [undefined, ...lawful].includes(armaturePackage(specifier))),
    ).toEqual([]);
  });

  it('leaves each library to its one owner', () => {
    expect(unlawful(sources, (specifier, file) => file.path.startsWith(owners[packageOf(specifier)] ?? 'packages/'))).toEqual([]);
  });
});

describe('rooms of the core', () => {
  const room = (path: string | undefined): string | undefined => /^packages\/core\/src\/([\w-]+)\//.exec(path ?? '')?.[1];
  const inCore = sources.filter((file) => file.path.startsWith('packages/core/src/'));
  const pure = ['graph', 'prompt', 'sampling', 'image', 'checkpoint'];
  /** From the bottom up: a room imports only rooms before it. */
  const floors = ['api', 'di', ...pure, 'hooks', 'families', 'runtime', 'generation', 'jobs', 'pipeline', 'paste', 'host'];

  it.each(pure)('%s imports only SDK values and itself', (name) => {
    const files = inCore.filter((file) => room(file.path) === name);
    expect(files.length).toBeGreaterThan(0);
    expect(
      unlawful(files, (specifier, _, target) =>
        target === undefined ? [undefined, 'sdk'].includes(armaturePackage(specifier)) : room(target) === name,
      ),
    ).toEqual([]);
  });

  it('no room imports upward, not even a type', () => {
    const floor = (path: string | undefined): number => floors.indexOf(room(path) ?? '');
    const files = inCore.filter((file) => room(file.path) !== undefined);
    expect([...new Set(files.map((file) => room(file.path)))].filter((name) => !floors.includes(name ?? ''))).toEqual([]);
    expect(unlawful(files, (_, file, target) => room(target) === undefined || floor(target) <= floor(file.path))).toEqual([]);
  });

  it('enters a room by its door', () => {
    const files = inCore.filter((file) => room(file.path) !== undefined);
    const across = unlawful(
      files,
      (_, file, target, typeOnly) => typeOnly || target === undefined || room(target) === room(file.path) || target.endsWith('/index.ts'),
    );
    expect(across).toEqual([]);
  });

  it('has an index in every room', () => {
    const rooms = [...new Set(inCore.map((file) => room(file.path)))].filter((name) => name !== undefined && name !== 'host');
    for (const name of rooms)
      expect(
        inCore.some((file) => file.path === `packages/core/src/${name}/index.ts`),
        `${name}/index.ts`,
      ).toBe(true);
  });
});

describe('bundles', () => {
  const bundled = async (entry: string): Promise<readonly string[]> => {
    const { metafile } = await build({
      entryPoints: [join(root, entry)],
      absWorkingDir: root,
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
      external: ['onnxruntime-node', 'sharp'],
      logLevel: 'silent',
    });
    return Object.keys(metafile.inputs);
  };

  it('an embedded host carries no bundler, no command line and no extension', async () => {
    const inputs = await bundled('packages/core/src/index.ts');
    expect(
      inputs.filter((path) =>
        /^packages\/(compose|cli|testing|server|ext-|tiny-model)|node_modules\/(esbuild|commander|typescript)\//.test(path),
      ),
    ).toEqual([]);
  });

  it('the SDK carries zod and nothing else', async () => {
    const inputs = await bundled('packages/sdk/src/index.ts');
    expect(inputs.filter((path) => !path.startsWith('packages/sdk/src/') && !path.startsWith('node_modules/zod/'))).toEqual([]);
  });

  it('the networks carry no library', async () => {
    const inputs = await bundled('packages/nn/src/index.ts');
    expect(inputs.filter((path) => !/^packages\/(nn|sdk)\//.test(path) && !path.startsWith('node_modules/zod/'))).toEqual([]);
  });
});

describe('style', () => {
  it('files have at most 250 lines', () => {
    expect(written.filter((file) => file.lines > 250).map((file) => `${file.path}: ${file.lines}`)).toEqual([]);
  });

  it('functions have at most 40 lines', () => {
    const long: string[] = [];
    for (const file of [...sources, ...sourceFiles('packages/cli/bin'), ...sourceFiles('bench')]) {
      visit(file.program, (node) => {
        if (!/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type)) return;
        const lines = file.lineOf(node.end) - file.lineOf(node.start) + 1;
        if (lines > 40) long.push(`${file.path}:${file.lineOf(node.start)}: ${lines} lines`);
      });
    }
    expect(long).toEqual([]);
  });

  it('names are kebab-case, and no file or folder is a dump', () => {
    const bad = written.filter(
      ({ path }) =>
        !/^[a-z0-9-]+(\.test|\.config)?\.(ts|js)$/.test(basename(path)) || /(^|\/)(utils?|helpers?|types|common|misc)(\/|\.ts$)/.test(path),
    );
    expect(bad.map((file) => file.path)).toEqual([]);
  });

  it('packages have no default exports', () => {
    const own = sources.filter((file) => !file.path.startsWith('packages/ext-'));
    const isDefault = (node: SyntaxNode): boolean => node.type === 'ExportDefaultDeclaration';
    expect(own.filter((file) => (file.program.body as readonly SyntaxNode[]).some(isDefault)).map((file) => file.path)).toEqual([]);
  });
});
