import { homedir, tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createServer, type Server } from '@armature/server';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mutateJson } from './mutate-json.js';
import { Seeded } from './seeded.js';

/** `FUZZ=10000 npx vitest run test/server/fuzz.test.ts`; the seed is printed and may be given. */
const rounds = Number(process.env.FUZZ ?? 800);
const seed = Number(process.env.FUZZ_SEED ?? 7);
/** What is not answered by then is given up, as a client would: many mutations are long jobs. */
const patience = 400;
const atOnce = 8;

const picture = 'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEklEQVR4nGP4z8CAFWEXHbQSACj/P8Fu7N9hAAAAAElFTkSuQmCC';
const small = { prompt: 'a (red:1.2) circle [a:b:0.5]', negative_prompt: 'text', steps: 1, width: 64, height: 64, seed: 1, cfg_scale: 5 };
const valid: readonly (readonly [route: string, body: unknown])[] = [
  [
    '/sdapi/v1/txt2img',
    { ...small, sampler_name: 'Euler a', scheduler: 'karras', styles: [], override_settings: { CLIP_stop_at_last_layers: 2 } },
  ],
  ['/sdapi/v1/txt2img', { ...small, enable_hr: true, hr_scale: 1.5, hr_upscaler: 'Latent', denoising_strength: 0.7, alwayson_scripts: {} }],
  ['/sdapi/v1/img2img', { ...small, init_images: [picture], mask: picture, mask_blur: 2, inpainting_fill: 1, resize_mode: 1 }],
  ['/sdapi/v1/png-info', { image: picture }],
  ['/sdapi/v1/options', { CLIP_stop_at_last_layers: 1, samples_format: 'png' }],
  ['/sdapi/v1/extra-single-image', { image: picture, upscaler_1: 'Lanczos', upscaling_resize: 2 }],
  ['/sdapi/v1/extra-batch-images', { imageList: [{ data: picture, name: 'a' }], upscaler_1: 'Nearest', upscaling_resize: 2 }],
  ['/sdapi/v1/interrogate', { image: picture, model: 'clip' }],
  ['/internal/progress', { id_task: 'task(x)', id_live_preview: -1, live_preview: true }],
  ['/armature/v1/jobs', { prompt: 'a tree', steps: 1, width: 64, height: 64, seed: 1 }],
];
const contentTypes = ['application/json', 'application/json', 'application/json', 'text/plain', 'application/xml', 'multipart/form-data'];

/** What the webui answers with 500, and so does this server: clients look for the words. */
const asRecorded = [
  'Invalid encoded image',
  'Invalid image url',
  'Requests not allowed',
  'Could not find checkpoint',
  'could not find upscaler',
  '"error":"KeyError"',
  'not found',
];
const isWrong = ({ status, text }: Outcome): boolean =>
  (status === 500 && !asRecorded.some((words) => text.includes(words))) || secrets.some((secret) => text.includes(secret));
/** Places that no answer may tell: where we run, where temporary files lie, and how a stack is written. */
const secrets = [fileURLToPath(new URL('../..', import.meta.url)), `${tmpdir()}/`, `${homedir()}/`, 'node_modules', '\n    at ', '.js:'];

let server: Server;
let address: string;
let closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  const host = await createTestHost();
  server = await createServer({ host, options: { port: 0, grace: 1 } });
  address = await server.listen();
  closing = [() => server.close(), () => host.dispose()];
});
afterAll(async () => {
  for (const close of closing) await close();
}, 300_000);

interface Outcome {
  readonly request: string;
  readonly status: number;
  readonly text: string;
}

async function send(random: Seeded): Promise<Outcome | undefined> {
  const [route, body] = random.pick(valid);
  const text = JSON.stringify(mutateJson(body, random)) ?? 'undefined';
  const content = random.below(20) === 0 ? text.slice(0, random.below(text.length)) : text;
  const request = `${route} ${content.slice(0, 400)}`;
  try {
    const headers = { 'content-type': random.pick(contentTypes) };
    const answer = await fetch(address + route, { method: 'POST', headers, body: content, signal: AbortSignal.timeout(patience) });
    return { request, status: answer.status, text: await answer.text() };
  } catch (error) {
    if ((error as Error).name === 'TimeoutError') return undefined;
    throw new Error(`${request}: ${String((error as Error).cause ?? error)}`);
  }
}

/** The server is as it was: it answers, and makes the picture it makes. */
async function plainPicture(): Promise<unknown> {
  const answer = await fetch(`${address}/sdapi/v1/txt2img`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...small, steps: 2, override_settings: { CLIP_stop_at_last_layers: 1 } }),
  });
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { images: unknown }).images;
}

it(`${rounds} mutations of valid requests: no 500, no hang, no leaked path`, { timeout: 1_800_000 }, async () => {
  const before = await plainPicture();
  const random = new Seeded(seed);
  const wrong: Outcome[] = [];
  const statuses = new Map<number | 'given up', number>();
  let left = rounds;
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const outcome = await send(random);
      const kind = outcome?.status ?? 'given up';
      statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
      if (outcome && isWrong(outcome)) wrong.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  console.log(`fuzz, seed ${seed}: ${[...statuses].map(([status, count]) => `${status}: ${count}`).join(', ')}`);
  expect(wrong.slice(0, 5).map(({ request, status, text }) => `${status} ${text.slice(0, 300)} <- ${request}`)).toEqual([]);
  await fetch(`${address}/sdapi/v1/options`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"CLIP_stop_at_last_layers":1}',
  });
  expect(await plainPicture()).toEqual(before);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
