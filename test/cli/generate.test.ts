import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Desk } from './armature.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const quick = ['--seed', '7', '--steps', '3', '--size', '64x64'];

const dim = `import { defineExtension, field } from '@armature/sdk';
export default defineExtension({
  args: { amount: field.number(1, { min: 0, max: 1 }).infotext('Dim amount') },
  setup({ hooks }) {
    hooks.image.each.tap((image, ctx) => image.map((value) => value * (ctx.args.amount as number)));
  },
});`;

const broken = `import { defineExtension } from '@armature/sdk';
export default defineExtension({
  setup({ hooks }) {
    hooks.sampling.step.tap((_, ctx) => { if (ctx.step.index === 1) throw new Error('slipped'); });
  },
});`;

let desk: Desk;
beforeEach(async () => {
  desk = await Desk.open();
});
afterEach(() => desk.close());

async function addScript(name: string, text: string): Promise<void> {
  await mkdir(desk.path('scripts'), { recursive: true });
  await writeFile(desk.path('scripts', name), text);
}

it('makes a picture on a fresh machine, and stdout is one JSON object', async () => {
  const { code, stdout, stderr } = await desk.start(['txt2img', 'a red circle on a blue background', ...quick, '--json']).ended;
  expect(stderr).not.toContain('armature: ');
  expect(code).toBe(0);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ status: 'done', seeds: [7], faults: [], images: [{ width: 64, height: 64, seed: 7 }] });
  expect(result.seconds.total).toBeGreaterThan(0);
  const [path] = result.paths as readonly string[];
  expect(path?.startsWith(desk.path('outputs'))).toBe(true);
  const png = await readFile(path as string);
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.includes('a red circle on a blue background\nSteps: 3, Sampler: Euler')).toBe(true);
  expect(result.images[0].infotext).toContain('Size: 64x64');
  const files = await readdir(desk.path('outputs'), { recursive: true, withFileTypes: true });
  expect(files.filter((file) => file.isFile()).length).toBe(1);
});

it('prints path, seed and seconds', async () => {
  const { code, stdout } = await desk.run(['txt2img', 'a star', ...quick, '--out', 'pictures', '--batch', '2']);
  expect(code).toBe(0);
  const [grid, first, second, last] = stdout.trimEnd().split('\n');
  expect(grid).toMatch(/\/pictures\/txt2img-grids\/.*grid-0000\.png {2}grid$/);
  expect(first).toMatch(/\/pictures\/.*\.png {2}seed 7$/);
  expect(second).toMatch(/\.png {2}seed 8$/);
  expect(last).toMatch(/^2 pictures in \d+\.\d s$/);
});

it('runs a TypeScript script after consent, with flags of its own', async () => {
  await addScript('dim.ts', dim);
  const before = await desk.run(['extensions']);
  expect(before.stdout).toMatch(/script\.dim .*blocked|EXT_CONSENT.*armature extensions allow script\.dim/);
  expect(await desk.run(['extensions', 'allow', 'script.dim'])).toMatchObject({ code: 0, stdout: 'script.dim is allowed\n' });
  expect((await desk.run(['extensions'])).stdout).toMatch(/script\.dim +0\.0\.0 +active +image\.each.*--dim\.amount/);
  // A script of the same name elsewhere is another script.
  await mkdir(desk.path('elsewhere'));
  await writeFile(desk.path('elsewhere/dim.ts'), dim);
  await writeFile(desk.path('other.config.ts'), `export default { scriptFolders: ['elsewhere'] };`);
  expect((await desk.run(['extensions', '--config', 'other.config.ts'])).stdout).toMatch(/script\.dim.*EXT_CONSENT/);

  const dark = await desk.run(['txt2img', 'a star', ...quick, '--dim.amount', '0', '--json']);
  const result = JSON.parse(dark.stdout);
  expect(result.images[0].infotext).toContain('Dim amount: 0');
  expect(result.timings).toContainEqual(expect.objectContaining({ extension: 'script.dim', hook: 'image.each', calls: 1 }));
  const plain = JSON.parse((await desk.run(['txt2img', '--dim.enabled=false', 'a star', ...quick, '--json'])).stdout);
  expect(plain.images[0].infotext).not.toContain('Dim amount');
  // A black square compresses to far fewer bytes than a picture.
  const bytes = async (path: string): Promise<number> => (await readFile(path)).length;
  expect(await bytes(result.paths[0])).toBeLessThan((await bytes(plain.paths[0])) / 2);

  expect(await desk.run(['txt2img', 'x', ...quick, '--dim.amount', '2'])).toMatchObject({ code: 2, stdout: '' });
  expect((await desk.run(['txt2img', 'x', ...quick, '--dim.amont', '1'])).stderr).toContain('Did you mean --dim.amount?');
});

it('reports the fault of an extension beside the picture, and fails with --strict', async () => {
  await addScript('broken.ts', broken);
  await desk.run(['extensions', 'allow', 'script.broken']);
  const { code, stdout } = await desk.run(['txt2img', 'a star', ...quick, '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    status: 'done',
    paths: [expect.stringContaining('.png')],
    faults: [{ code: 'EXT_TAP_THREW', extension: 'script.broken', hook: 'sampling.step', step: 1, job: expect.any(String) }],
  });
  const lines = await desk.run(['txt2img', 'a star', ...quick]);
  expect(lines.stderr).toMatch(/armature: warning: .*slipped.*\[EXT_TAP_THREW, script\.broken, sampling\.step, step 1\]/);
  const strict = await desk.run(['txt2img', 'a star', ...quick, '--strict']);
  expect(strict).toMatchObject({ code: 6, stdout: '' });
  expect(strict.stderr).toMatch(/armature: JOB_FAULTED: /);
});

it('survives a promise that an extension forgot, and ends in order on an exception of its timer', async () => {
  const script = (stray: string): string =>
    `import { defineExtension } from '@armature/sdk';
     export default defineExtension({ setup({ hooks }) { hooks.sampling.plan.tap(() => { ${stray}; }); } });`;
  await addScript('stray.js', script(`Promise.reject(new Error('forgotten'))`));
  await desk.run(['extensions', 'allow', 'script.stray']);
  const kept = await desk.start(['txt2img', 'a star', ...quick]).ended;
  expect(kept).toMatchObject({ code: 0, stdout: expect.stringContaining('1 picture in') });
  expect(kept.stderr).toMatch(/armature: warning: a promise that nobody waits for was rejected: Error: forgotten/);
  await addScript('stray.js', script(`setTimeout(() => { throw new Error('too late'); })`));
  const ended = await desk.start(['txt2img', 'a star', ...quick, '--json']).ended;
  expect(ended.code).toBe(1);
  expect(JSON.parse(ended.stdout)).toEqual({ error: { code: 'INTERNAL', message: 'too late', data: {} } });
});

it('reads armature.config.ts of the working folder', async () => {
  await writeFile(desk.path('dim.ts'), dim);
  await writeFile(
    desk.path('armature.config.ts'),
    `import { defineConfig } from '@armature/compose';
     import dim from './dim.ts';
     export default defineConfig({
       threads: 1, settings: { randn_source: 'NV', save_to_dirs: false },
       extensions: [{ manifest: { id: 'jane.dim', version: '1.0.0', api: 1, engines: { armature: '*' } }, definition: dim }],
     });`,
  );
  expect((await desk.run(['extensions'])).stdout).toMatch(/jane\.dim +1\.0\.0 +active/);
  const { stdout } = await desk.run(['txt2img', 'a star', ...quick, '--jane.dim.amount', '0.5', '--json']);
  const { images } = JSON.parse(stdout);
  expect(images[0].infotext).toMatch(/Dim amount: 0\.5/);
  expect(images[0].infotext).toMatch(/RNG: NV/);
});

it('lists models and plans to tidy them', async () => {
  const { stdout } = await desk.run(['models', '--kind', 'checkpoint', '--json']);
  expect(JSON.parse(stdout)).toMatchObject([
    { kind: 'checkpoint', name: 'tiny-sd1', path: expect.stringContaining('tiny-sd1.safetensors') },
  ]);
  expect((await desk.run(['models'])).stdout).toMatch(/^KIND +TITLE[^\n]*\ncheckpoint +tiny-sd1/);
  expect(await desk.run(['models', 'tidy', '--dry-run'])).toMatchObject({ code: 0, stdout: '', stderr: '0 files would be moved\n' });
});

it('merges models into the first folder, once', async () => {
  const folder = join(desk.folder, 'models/Stable-diffusion');
  await mkdir(folder, { recursive: true });
  const merge = ['models', 'merge', 'tiny-sd1', 'tiny-sd1', '--multiplier', '0.25', '--half', '--name', 'both'];
  const merged = await desk.run(merge);
  expect(merged).toMatchObject({ code: 0, stdout: expect.stringMatching(/Stable-diffusion.both\.safetensors\n$/) });
  expect((await readdir(folder)).sort()).toEqual(['both.safetensors', 'both.yaml']);
  expect(await desk.run(merge)).toMatchObject({ code: 2, stderr: expect.stringContaining('there is a file of this name') });
  expect((await readdir(folder)).sort()).toEqual(['both.safetensors', 'both.yaml']);
});

it('tells of the weights cache, clears it, and remembers that it is off', async () => {
  expect(await desk.run(['cache', 'ls'])).toMatchObject({ code: 0, stdout: '', stderr: 'The weights cache is empty.\n' });
  await writeFile(join(desk.folder, 'armature.config.js'), 'export default { weightsCache: { smallest: 0 } };');
  await desk.run(['txt2img', 'a star', ...quick]);
  const { stdout } = await desk.run(['cache', 'ls', '--json']);
  expect(JSON.parse(stdout)).toMatchObject([{ source: expect.stringContaining('tiny-sd1.safetensors') }]);
  expect((await desk.run(['cache', 'ls'])).stdout).toMatch(/^SIZE +USED +OF\n[\d.]+ MB +[\d-]+ [\d:]+ +.*tiny-sd1\.safetensors\n$/);
  expect(JSON.parse((await desk.run(['cache', 'clear', '--json'])).stdout)).toMatchObject({ files: 1 });
  await desk.run(['txt2img', 'a star', ...quick]);
  expect((await desk.run(['cache', 'off'])).stderr).toMatch(/^1 copy removed \([\d.]+ MB\)\n$/);
  await desk.run(['txt2img', 'a star', ...quick]);
  expect(await desk.run(['cache', 'ls', '--json'])).toMatchObject({ stdout: '[]\n' });
  expect(await desk.run(['cache', 'on'])).toMatchObject({ code: 0, stdout: '', stderr: '' });
  await desk.run(['txt2img', 'a star', ...quick]);
  expect(JSON.parse((await desk.run(['cache', 'ls', '--json'])).stdout)).toHaveLength(1);
});

it('means paths from where the user stands under npm start', async () => {
  const child = spawn('npm', ['--prefix', root, 'start', '--silent', '--', 'models', '--models', 'nowhere', '--json'], {
    cwd: desk.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.on('data', (piece) => {
    stdout += piece;
  });
  const code = await new Promise((done) => child.on('close', done));
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { message: expect.stringContaining(desk.path('nowhere')) } });
});

it('tells a style that is not there, and the known ones each in quotes, for names may have commas', async () => {
  await mkdir(desk.path('models'));
  await writeFile(desk.path('models/styles.csv'), 'name,prompt,negative_prompt\nBlue,blue,\n"Soft, warm",soft,\n');
  const { code, stderr } = await desk.run(['txt2img', 'a star', ...quick, '--styles', 'Bleu']);
  expect(stderr).toContain('there is no style "Bleu"; known are: "Blue", "Soft, warm"');
  expect(code).toBe(0);
});
