import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { openWeights } from '../packages/core/dist/checkpoint/index.js';
import { median, percent, watchedHost } from './watched-host.js';

const request = { prompt: 'a red circle on a blue background', negativePrompt: 'blurry', seed: 1, width: 512, height: 512 };
const rounds = 7;
const rank = 16;

/** A LoRA of rank 16 on every linear layer of the UNet and the text encoder, f32, as training tools name them. */
async function writeLora(path, checkpoint, seed) {
  const weights = await openWeights(checkpoint);
  const layers = [...weights.keys].flatMap((key) => {
    const { shape } = weights.get(key);
    const [, unet] = /^model\.diffusion_model\.(.*)\.weight$/.exec(key) ?? [];
    const [, te] = /^cond_stage_model\.transformer\.(text_model\.encoder\..*)\.weight$/.exec(key) ?? [];
    const module = unet ? `lora_unet_${unet.replaceAll('.', '_')}` : te ? `lora_te_${te.replaceAll('.', '_')}` : undefined;
    return module && shape.length === 2 ? [{ module, shape }] : [];
  });
  await weights.close();
  let state = seed;
  const numbers = (count) =>
    Float32Array.from({ length: count }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state / 2 ** 32 - 0.5) * 0.01;
    });
  const tensors = layers.flatMap(({ module, shape: [out, inner] }) => [
    [`${module}.lora_down.weight`, [rank, inner]],
    [`${module}.lora_up.weight`, [out, rank]],
  ]);
  let at = 0;
  const header = Object.fromEntries(
    tensors.map(([key, shape]) => {
      const bytes = shape[0] * shape[1] * 4;
      const place = [at, at + bytes];
      at += bytes;
      return [key, { dtype: 'F32', shape, data_offsets: place }];
    }),
  );
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = await open(path, 'w');
  await file.write(length);
  await file.write(text);
  for (const [, shape] of tensors) await file.write(new Uint8Array(numbers(shape[0] * shape[1]).buffer));
  await file.close();
  return layers.length;
}

/** The webui's layout over a checkpoint that lies elsewhere. */
async function modelsFolder(folder, checkpoint) {
  const models = join(folder, 'models');
  await mkdir(join(models, 'Stable-diffusion'), { recursive: true });
  await mkdir(join(models, 'Lora'), { recursive: true });
  await link(checkpoint, join(models, 'Stable-diffusion', 'random-sd15.safetensors'));
  return { models, path: join(models, 'Lora') };
}

/**
 * What riding networks cost on the full-size model, in CPU seconds, all in one run: a step with the extension and without it, with one
 * LoRA of rank 16 on every linear layer, and what another LoRA costs before its first step.
 */
export async function measureLora(folder, checkpoint) {
  const { path: networks, models } = await modelsFolder(folder, checkpoint);
  const layers = await writeLora(join(networks, 'one.safetensors'), checkpoint, 1);
  await writeLora(join(networks, 'two.safetensors'), checkpoint, 2);
  const from = dirname(fileURLToPath(import.meta.resolve('@armature/ext-lora/package.json')));
  const without = await watchedHost(models, []);
  const having = await watchedHost(models, [{ from }]);
  const told = (tag) => ({ ...request, prompt: `${request.prompt}${tag}` });
  const found = { without: [], plain: [], one: [], two: [] };
  try {
    await without.measure(request);
    await having.measure(request);
    for (let round = 0; round < rounds; round++) {
      // The second of two neighbours in time finds the machine warmer: each is the second in turn.
      if (round % 2 === 0) found.without.push(await without.measure(request));
      found.plain.push(await having.measure(request));
      if (round % 2 === 1) found.without.push(await without.measure(request));
      found.one.push(await having.measure(told('<lora:one:0.8>')));
      found.two.push(await having.measure(told('<lora:two:0.8>')));
    }
  } finally {
    await without.close();
    await having.close();
  }
  const step = Object.fromEntries(Object.entries(found).map(([name, runs]) => [name, median(runs.map((run) => run.step))]));
  const ratio = (a, b) => median(found[a].map((run, at) => run.step / found[b][at].step)) - 1;
  const ridden = [...found.one, ...found.two];
  const switching = median(found.two.map((run, at) => run.before - found.plain[at].before));
  return [
    ['CPU seconds of a step: without the extension, with it', `${step.without.toFixed(2)}, ${step.plain.toFixed(2)}`],
    ['a step with the extension and no LoRA', `${percent(ratio('plain', 'without'))} more (limit 2 %)`],
    [`a step with a LoRA of rank ${rank} on all ${layers} linear layers`, `${percent(ratio('one', 'plain'))} more (limit 10 %)`],
    ['another LoRA, until the first step', `${switching.toFixed(2)} CPU s: ${percent(switching / step.plain)} of a step (limit 5 %)`],
    ['sessions created for LoRAs, the first use included', `${ridden.reduce((sum, run) => sum + run.loads, 0)}`],
  ];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = await mkdtemp(join(tmpdir(), 'armature-bench-'));
  try {
    const path = join(folder, 'random-sd15.safetensors');
    execFileSync(process.execPath, [fileURLToPath(new URL('random-sd15.js', import.meta.url)), path], { stdio: 'inherit' });
    for (const [name, value] of await measureLora(folder, path)) console.log(`- ${name}: ${value}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
