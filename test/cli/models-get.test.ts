import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Desk } from './armature.js';

const bytes = randomBytes(200_000);
const sha256 = createHash('sha256').update(bytes).digest('hex');
let desk: Desk;
let web: Server;
let origin: string;
const ranges: (string | undefined)[] = [];

beforeAll(async () => {
  web = createServer((request, response) => {
    const { range } = request.headers;
    ranges.push(range);
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    if (request.url === '/gone.safetensors') response.writeHead(404).end();
    else if (request.url === '/inside.safetensors') response.writeHead(302, { location: 'http://127.0.0.2:1/x' }).end();
    else if (request.url === '/cut.safetensors' && from === 0) {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 80_000), () => setTimeout(() => response.destroy(), 50));
    } else if (request.url === '/whole.safetensors' || from === 0) response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    else if (from >= bytes.length) response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
    else response.writeHead(206, { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }).end(bytes.subarray(from));
  });
  await new Promise<void>((done) => web.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
});
afterAll(() => web.close());
beforeEach(async () => {
  desk = await Desk.open();
  ranges.length = 0;
  await mkdir(desk.path('models/VAE'), { recursive: true });
  return () => desk.close();
});

const get = (path: string, ...flags: readonly string[]) =>
  desk.run(['models', 'get', path.includes('://') ? path : `${origin}${path}`, '--kind', 'vae', '--sha256', sha256, ...flags]);

it('downloads into the folder of the kind, and never over another file', async () => {
  const { code, stdout } = await get('/some.safetensors');
  expect([code, stdout]).toEqual([0, `${desk.path('models/VAE/some.safetensors')}\n`]);
  expect(bytes.equals(await readFile(desk.path('models/VAE/some.safetensors')))).toBe(true);
  expect(await readdir(desk.path('models/VAE'))).toEqual(['some.safetensors']);
  expect((await get('/some.safetensors')).stderr).toContain('FOLDER_EXISTS');
});

it('goes on where it was cut off', async () => {
  const first = await get('/cut.safetensors');
  expect([first.code, first.stderr]).toEqual([5, expect.stringContaining('DOWNLOAD_FAILED')]);
  expect(await readdir(desk.path('models/VAE'))).toEqual(['cut.safetensors.part']);
  expect((await get('/cut.safetensors')).code).toBe(0);
  expect(ranges).toEqual([undefined, 'bytes=80000-']);
  expect(bytes.equals(await readFile(desk.path('models/VAE/cut.safetensors')))).toBe(true);
});

it('begins anew where the web cannot go on, and takes what is whole already', async () => {
  await writeFile(desk.path('models/VAE/whole.safetensors.part'), bytes.subarray(0, 1000));
  expect((await get('/whole.safetensors')).code).toBe(0);
  await writeFile(desk.path('models/VAE/done.safetensors.part'), bytes);
  expect((await get('/done.safetensors')).code).toBe(0);
  expect(await readdir(desk.path('models/VAE'))).toEqual(['done.safetensors', 'whole.safetensors']);
});

it('takes no other file than was asked for', async () => {
  await writeFile(desk.path('models/VAE/wrong.safetensors.part'), randomBytes(1000));
  expect((await get('/wrong.safetensors')).stderr).toContain('DOWNLOAD_HASH');
  expect(await readdir(desk.path('models/VAE'))).toEqual([]);
});

it.each([
  ['/gone.safetensors', [], 'DOWNLOAD_FAILED'],
  ['/inside.safetensors', [], 'DOWNLOAD_REFUSED'],
  ['file:///etc/passwd', [], 'REQUEST_INVALID'],
  ['/x', ['--name', '../x'], 'REQUEST_INVALID'],
  ['/..%2Fx', [], 'REQUEST_INVALID'],
  ['/x', ['--kind', '../..'], 'REQUEST_INVALID'],
  ['/x', ['--sha256', 'abc'], 'REQUEST_INVALID'],
] as const)('refuses %s %s', async (path, flags, code) => {
  const ended = await get(path, ...flags);
  expect(ended.code).not.toBe(0);
  expect(ended.stderr).toContain(code);
  expect(existsSync(desk.path('x'))).toBe(false);
  expect(await readdir(desk.path('models/VAE'))).toEqual([]);
});
