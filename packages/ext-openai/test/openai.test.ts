import { fileURLToPath } from 'node:url';
import { decodeImage, encodePng, type Host } from '@armature/core';
import { Raster } from '@armature/sdk';
import { createServer, type Server } from '@armature/server';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

let host: Host;
let server: Server;
let address: string;
beforeAll(async () => {
  host = await createTestHost({
    extensions: [{ from: fileURLToPath(new URL('..', import.meta.url)) }],
    options: { 'armature.openai': { steps: 2, size: '64x64', waiting: 2 } },
  });
  expect(host.extensions()).toMatchObject([{ id: 'armature.openai', state: 'active' }]);
  server = await createServer({ host, options: { port: 0 } });
  address = await server.listen();
});
afterAll(async () => {
  await server.close();
  await host.dispose();
});

const generate = (body: unknown) =>
  fetch(`${address}/v1/images/generations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

function edit(parts: Readonly<Record<string, string | Uint8Array>>) {
  const form = new FormData();
  for (const [name, part] of Object.entries(parts)) {
    if (typeof part === 'string') form.append(name, part);
    else form.append(name, new Blob([Uint8Array.from(part)], { type: 'image/png' }), `${name}.png`);
  }
  return fetch(`${address}/v1/images/edits`, { method: 'POST', body: form });
}

const picture = (channels: 3 | 4, side = 64, alpha = 255): Promise<Uint8Array> =>
  encodePng(
    new Raster(
      Uint8Array.from({ length: side * side * channels }, (_, at) =>
        channels === 4 && at % 4 === 3 ? (at < side * side * 2 ? alpha : 255) : 90,
      ),
      { width: side, height: side, channels },
    ),
  );

it('gives as many pictures as asked for, of the size asked for', async () => {
  const answer = await generate({ model: 'dall-e-2', prompt: 'a star', n: 2, size: '64x128', quality: 'hd', user: 'somebody' });
  const { created, data } = (await answer.json()) as { created: number; data: { b64_json: string }[] };
  expect([answer.status, data.length]).toEqual([200, 2]);
  expect(created).toBeGreaterThan(1_700_000_000);
  const bytes = data.map(({ b64_json }) => Buffer.from(b64_json, 'base64'));
  const [first, second] = await Promise.all(bytes.map((each) => decodeImage(each)));
  expect([first?.width, first?.height]).toEqual([64, 128]);
  expect(first?.toBytes()).not.toEqual(second?.toBytes());
  expect((await host.pictureInfo(bytes[0] as Uint8Array)).parameters).toContain('a star');
});

it('edits the transparent part of a picture', async () => {
  const answer = await edit({ image: await picture(3), mask: await picture(4, 64, 0), prompt: 'a star', response_format: 'b64_json' });
  expect(answer.status).toBe(200);
  const { data } = (await answer.json()) as { data: { b64_json: string }[] };
  const edited = await decodeImage(Buffer.from(data[0]?.b64_json ?? '', 'base64'));
  expect([edited.width, edited.height]).toEqual([64, 64]);
  const pixels = edited.toBytes();
  const row = (at: number) => [...pixels.subarray(at * 64 * 3, (at + 1) * 64 * 3)];
  // The opaque lower part stays; the transparent upper one is new.
  expect(row(63).every((value) => value === 90)).toBe(true);
  expect(row(8).every((value) => value === 90)).toBe(false);
});

it('says what is wrong in the form its clients read', async () => {
  const error = async (answer: Promise<Response>) => {
    const { status, ...rest } = await answer.then(async (given) => ({
      status: given.status,
      ...((await given.json()) as { error: object }),
    }));
    return [status, rest.error];
  };
  const invalid = (param: string) => expect.objectContaining({ type: 'invalid_request_error', param });
  expect(await error(generate({}))).toEqual([400, invalid('prompt')]);
  expect(await error(generate([]))).toEqual([400, invalid('body')]);
  expect(await error(generate({ prompt: 'x', n: 11 }))).toEqual([400, invalid('n')]);
  expect(await error(generate({ prompt: 'x', size: 'big' }))).toEqual([400, invalid('size')]);
  expect(await error(generate({ prompt: 'x', response_format: 'url' }))).toEqual([400, invalid('response_format')]);
  expect(await error(generate({ prompt: 'x', size: '7x64' }))).toEqual([400, expect.objectContaining({ code: 'SIZE_INVALID' })]);
  expect(await error(edit({ prompt: 'x' }))).toEqual([400, invalid('image')]);
  expect(await error(edit({ prompt: 'x', image: Buffer.from('no picture') }))).toEqual([400, invalid('image')]);
  expect(await error(edit({ prompt: 'x', image: await picture(3), mask: await picture(4, 32, 0) }))).toEqual([400, invalid('mask')]);
});

it('lets requests wait, and turns those away that are too many', async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => generate({ prompt: 'a star' })));
  const statuses = answers.map(({ status }) => status).sort();
  expect(statuses).toContain(200);
  expect(statuses).toContain(429);
});
