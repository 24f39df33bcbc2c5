import { createServer as createWeb, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deflateSync } from 'node:zlib';
import { createTestHost } from '@armature/testing';
import { afterEach, expect, it } from 'vitest';
import { fetchPicture } from '../src/guard/fetch-picture.js';
import { isPublicAddress } from '../src/guard/is-public-address.js';
import { readPicture } from '../src/guard/read-picture.js';
import { serverOptionsSchema } from '../src/server-options.js';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function web(answer: RequestListener): Promise<string> {
  const server = createWeb(answer);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const here = { field: 'image', maxBytes: 1000, allows: () => true };

it.each('93.184.216.34 2606:2800:220:1:248:1893:25c8:1946'.split(' '))('asks the public web: %s', (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

it.each(
  [
    '127.0.0.1 127.9.9.9 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200 168.63.129.16',
    '192.0.0.192 198.18.0.1 192.0.2.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 ::7f00:1 ::ffff:127.0.0.1 ::ffff:8.8.8.8',
    'fe80::1 fec0::1 fc00::1 fd00:ec2::254 ff02::1 64:ff9b::7f00:1 2002:7f00:1:: 2001:db8::1 2001::1 localhost 1.2.3',
  ].flatMap((line) => line.split(' ')),
)('asks nobody else: %s', (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

it.each([
  'http://127.0.0.1/x.png',
  'http://localhost/x.png',
  'http://0x7f.1/',
  'http://2130706433/',
  'http://0177.0.0.1/',
  'http://[::1]/',
  'http://[::ffff:169.254.169.254]/latest',
  'http://169.254.169.254/latest/meta-data',
  'http://user:secret@10.0.0.1/',
  'file:///etc/passwd',
  'ftp://127.0.0.1/',
])('asks nobody at %s', async (address) => {
  const refused = await fetchPicture(address, { field: 'image', maxBytes: 10 }).catch((error: Error) => error);
  expect(refused).toMatchObject({ code: 'IMAGE_URL_REFUSED' });
  expect((refused as Error).message).not.toContain('secret');
});

it('checks where a redirect leads, and follows no more than three', async () => {
  const asked: string[] = [];
  const away = await web((request, response) => {
    asked.push(request.url ?? '');
    const location = request.url === '/inside' ? 'http://169.254.169.254/' : request.url === '/file' ? 'file:///etc/passwd' : request.url;
    response.writeHead(302, { location }).end();
  });
  const allows = (address: string): boolean => address === '127.0.0.1';
  await expect(fetchPicture(`${away}/inside`, { ...here, allows })).rejects.toMatchObject({ code: 'IMAGE_URL_REFUSED' });
  await expect(fetchPicture(`${away}/file`, { ...here, allows })).rejects.toMatchObject({ code: 'IMAGE_URL_REFUSED' });
  await expect(fetchPicture(`${away}/round`, { ...here, allows })).rejects.toThrow('more than 3 times');
  expect(asked.filter((url) => url === '/round')).toHaveLength(4);
});

it('reads what is there, within its bounds', async () => {
  const address = await web((request, response) => {
    if (request.url === '/small') response.end(Buffer.from('a picture'));
    else if (request.url === '/announced') response.writeHead(200, { 'content-length': '5000' }).write('x');
    else if (request.url === '/endless') response.write(Buffer.alloc(2000));
    else if (request.url === '/slow') response.write('x');
    else response.writeHead(404).end();
  });
  expect(Buffer.from(await fetchPicture(`${address}/small`, here)).toString()).toBe('a picture');
  for (const path of ['announced', 'endless'])
    await expect(fetchPicture(`${address}/${path}`, here)).rejects.toThrow('longer than 1000 bytes');
  await expect(fetchPicture(`${address}/gone?key=secret`, here)).rejects.toThrow(/status 404(?!.*secret)/);
  await expect(fetchPicture(`${address}/slow`, { ...here, timeout: 200 })).rejects.toThrow('longer than 200 ms');
  await expect(fetchPicture('http://nowhere.invalid/', here)).rejects.toMatchObject({ code: 'IMAGE_URL_FAILED' });
});

/** A PNG whose head promises so many pixels. */
function png(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(data.length);
    return Buffer.concat([size, Buffer.from(type), data, Buffer.alloc(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const pixels = deflateSync(Buffer.alloc(1000));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

it('looks at the head of a picture before anything decodes it', async () => {
  const host = await createTestHost();
  closing.push(() => host.dispose());
  const parts = { host, options: serverOptionsSchema.parse({ pixelLimit: 1 }) };
  const read = (text: string) => readPicture(parts, text, 'init_images.0');
  await expect(read(png(10_000, 10_000).toString('base64'))).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE', data: { seen: '100.0' } });
  await expect(read('not base64!')).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
  await expect(read(btoa('<svg/>'))).rejects.toMatchObject({ code: 'IMAGE_INVALID' });
  await expect(read('http://127.0.0.1/x.png')).rejects.toMatchObject({ code: 'IMAGE_URL_OFF' });
});
