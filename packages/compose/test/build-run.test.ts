import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BuiltProduct } from '@armature/compose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BuildProject, hashes } from './build-project.js';

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

  it('has no server, and neither has a module', () => {
    for (const { metafile } of [cli, built])
      expect(
        Object.keys(metafile.inputs).filter((path) => /packages\/server\/|serve-command|node_modules\/(?:@?fastify|pino)/.test(path)),
      ).toEqual([]);
    expect(armature('serve').stderr).toContain("unknown command 'serve'");
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

describe('a server product', () => {
  let server: BuiltProduct;

  beforeAll(async () => {
    server = await project.build({ target: 'server', out: 'server', check: true });
  });

  it('is the same byte for byte when it is built again', async () => {
    const again = await project.build({ target: 'server', out: 'server-again' });
    expect(await hashes(again.folder)).toEqual(await hashes(server.folder));
    const { scripts, dependencies } = JSON.parse(await readFile(join(server.folder, 'package.json'), 'utf8'));
    expect(scripts).toEqual({ start: 'node ./server.js' });
    expect(Object.keys(dependencies)).toEqual(['onnxruntime-node', 'sharp']);
  });

  it('carries the server alone: no compiler, no first-party extension, no command that makes pictures', () => {
    const files = Object.keys(server.metafile.inputs);
    expect(files.filter((path) => /packages\/server\/dist\/create-server\.js$/.test(path))).toHaveLength(1);
    expect(files.filter((path) => /node_modules\/esbuild\/|packages\/ext-|(?:txt2img|build|dev)-command/.test(path))).toEqual([]);
  });

  it('serves without a command, lets its extensions answer, and ends when it is told to', async () => {
    const args = [join(server.folder, 'server.js'), '--port', '0', '--user', 'me:secret', '--log-requests'];
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, ARMATURE_DATA: join(folder, 'data') } });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] += text;
      });
    try {
      await vi.waitFor(() => expect(said.stderr).toContain('listening on http'), { timeout: 30_000 });
      const address = /http:\/\/\S+/.exec(said.stderr)?.[0];
      const headers = { authorization: `Basic ${Buffer.from('me:secret').toString('base64')}` };
      expect(await (await fetch(`${address}/health`)).json()).toEqual({ status: 'ok', version: '0.1.0' });
      expect(await (await fetch(`${address}/tint/amount`, { headers })).text()).toBe('0.5');
      expect((await fetch(`${address}/tint/amount`)).status).toBe(401);
    } finally {
      child.kill('SIGTERM');
    }
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(said.stdout).toContain('"url":"/tint/amount"');
    expect(said.stdout).not.toContain(Buffer.from('me:secret').toString('base64'));
  });
});
