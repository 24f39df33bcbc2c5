import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuiltProduct } from '@armature/compose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuildProject } from './build-project.js';

let folder: string;
let project: BuildProject;
let built: BuiltProduct;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'armature-build-run-'));
  project = await new BuildProject(join(folder, 'project')).write();
  built = await project.build();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function node(args: readonly string[], cwd = project.folder) {
  const env = { ...process.env, ARMATURE_DATA: join(folder, 'data') };
  return spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8', timeout: 50_000 });
}

const request = "{ prompt: 'a red circle', seed: 7, steps: 2, width: 64, height: 64 }";
const picture = (module: string, config: string): string => `
import { createHash } from 'node:crypto';
import { createHost } from ${JSON.stringify(module)};
const host = await createHost(${config});
const { images, faults } = await host.txt2img(${request});
await host.dispose();
console.log(JSON.stringify({ faults, hash: createHash('sha256').update(images[0].image.toBytes()).digest('hex') }));
`;

describe('a module product', () => {
  it('makes the picture that the host makes with the same extensions unbundled', () => {
    const product = node([
      '--input-type=module',
      '--eval',
      picture(pathToFileURL(join(built.folder, 'index.js')).href, `{ data: ${JSON.stringify(join(folder, 'd1'))} }`),
    ]);
    const config = `{ data: ${JSON.stringify(join(folder, 'd2'))}, threads: 2, models: [tinyModelFolder], extensions: [{ from: '@armature-examples/hello-hook' }, { from: './extensions/tint' }, { from: './extensions/watch' }], bundler: createBundler({ cacheFolder: ${JSON.stringify(join(folder, 'c'))} }) }`;
    const imports = "import { createBundler } from '@armature/compose';\nimport { tinyModelFolder } from '@armature/tiny-model';\n";
    const plain = node(['--input-type=module', '--eval', imports + picture('@armature/core', config)]);
    expect(product.stderr + plain.stderr).toBe('');
    expect(JSON.parse(product.stdout)).toEqual(JSON.parse(plain.stdout));
    expect(JSON.parse(product.stdout).faults).toEqual([]);
  });

  it('starts faster than the host that reads its extensions from their folders', async () => {
    const open = (module: string, config: string): string => `
const started = performance.now();
const { createHost } = await import(${JSON.stringify(module)});
const host = await createHost(${config});
const milliseconds = performance.now() - started;
await host.dispose();
console.log(milliseconds);
`;
    // Extensions in JavaScript: the host needs no compiler for them either.
    const examples = ['@armature-examples/hello-hook', '@armature-examples/custom-sampler'];
    const quick = await new BuildProject(join(folder, 'quick')).write(examples);
    await quick.build();
    const data = JSON.stringify(join(folder, 'data'));
    const chosen = JSON.stringify(examples.map((from) => ({ from })));
    await writeFile(join(quick.folder, 'plain.mjs'), open('@armature/core', `{ data: ${data}, extensions: ${chosen} }`));
    await writeFile(join(quick.folder, 'product.mjs'), open('./out/index.js', `{ data: ${data} }`));
    const times = { plain: [] as number[], product: [] as number[] };
    for (let round = 0; round < 6; round++)
      for (const name of ['plain', 'product'] as const) times[name].push(Number(node([`${name}.mjs`], quick.folder).stdout));
    const [plain, product] = [Math.min(...times.plain), Math.min(...times.product)];
    console.log(
      `cold start: product ${product.toFixed(0)} ms, host with folders ${plain.toFixed(0)} ms, ratio ${(product / plain).toFixed(2)}`,
    );
    expect(product).toBeGreaterThan(0);
    expect(product).toBeLessThan(plain);
  });
});

describe('a cli product', () => {
  let cli: BuiltProduct;
  const armature = (...args: readonly string[]) => node([join(cli.folder, 'armature.js'), ...args], folder);

  beforeAll(async () => {
    cli = await project.build({ target: 'cli', out: 'cli', check: true });
  });

  it('is the program with exactly those extensions', async () => {
    const { stdout, stderr } = armature('extensions', '--json');
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).map(({ id, state }: { id: string; state: string }) => `${id} ${state}`)).toEqual([
      'examples.late-sharpen active',
      'test.tint active',
      'test.watch active',
    ]);
  });

  it('makes pictures, with the flags of its extensions', () => {
    const out = join(folder, 'pictures');
    const { stdout, stderr, status } = armature(
      'txt2img',
      'a red circle',
      '--steps',
      '2',
      '--size',
      '64x64',
      '--late-sharpen.from',
      '0.2',
      '--out',
      out,
      '--json',
    );
    expect(stderr).not.toContain('armature:');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).images[0].infotext).toContain('Sharpen from: 0.2');
  });

  it('has neither compiler nor the commands that need one', async () => {
    const files = Object.keys(cli.metafile.inputs);
    expect(files.filter((path) => /node_modules\/esbuild\/|compose\/dist\/(?!build\/preset)|packages\/ext-/.test(path))).toEqual([]);
    expect(armature('build').status).toBe(2);
    const why = armature('why', 'sampling.guided');
    expect(why.stderr).toBe('');
    expect(why.stdout).toContain('examples.late-sharpen');
    expect(JSON.parse(armature('doctor', '--json').stdout)).toBeTypeOf('object');
    expect(armature('models', '--config', 'other.ts').stderr).toContain('this program was built with its configuration');
    expect(JSON.parse(await readFile(join(cli.folder, 'package.json'), 'utf8')).bin).toEqual({ armature: './armature.js' });
  });
});
