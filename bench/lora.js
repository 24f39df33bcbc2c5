import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { link, mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createHost, RUNTIME, startRuntime } from '@armature/core';
import { openWeights } from '../packages/core/dist/checkpoint/index.js';

const request = { prompt: 'a red circle on a blue background', negativePrompt: 'blurry', seed: 1, width: 512, height: 512 };
/** Steps of a job: the first is not measured, then the job is given up, as nothing behind sampling is of interest. */
const steps = 3;
const rounds = 7;
const rank = 16;
/** CPU seconds are counted in ticks of 1/100 s. */
const tick = 100;
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (share) => `${(share * 100).toFixed(1)} %`;

/** User and system time of a process, seconds. */
function cpuOf(pid) {
  const [, fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const numbers = fields.split(' ');
  return (Number(numbers[11]) + Number(numbers[12])) / tick;
}

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

/** A runtime that counts the sessions it creates. */
function countingLoads(runtime, seen) {
  return new Proxy(runtime, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return (...args) => {
        if (name === 'load') seen.loads++;
        return value.apply(target, args);
      };
    },
  });
}

/** A host whose runtime is watched: CPU seconds of both processes, and sessions that were created. */
async function watchedHost(models, extensions) {
  const runtime = await startRuntime({});
  const seen = { loads: 0 };
  const counted = countingLoads(runtime, seen);
  const host = await createHost({ models: [models], extensions, provide: [[RUNTIME, () => async () => counted]] });
  const cpu = () => cpuOf(process.pid) + cpuOf(runtime.pid);
  return {
    seen,
    /** CPU seconds of the runtime for one step, of both processes up to the first step, and sessions created on the way. */
    async measure(prompt) {
      const stopping = new AbortController();
      const marks = [];
      const before = { cpu: cpu(), loads: seen.loads };
      let ready;
      await host.txt2img(
        { ...request, prompt, steps: 20 },
        {
          signal: stopping.signal,
          onProgress: ({ stage, step }) => {
            if (stage !== 'sampling') return;
            if (step === 0) ready ??= cpu();
            else marks.push(cpuOf(runtime.pid));
            if (step >= steps) stopping.abort();
          },
        },
      );
      const each = marks.slice(1).map((mark, at) => mark - marks[at]);
      return { step: mean(each), before: ready - before.cpu, loads: seen.loads - before.loads };
    },
    async close() {
      await host.dispose();
      await runtime.dispose();
    },
  };
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
  const { prompt } = request;
  const found = { without: [], plain: [], one: [], two: [] };
  try {
    await without.measure(prompt);
    await having.measure(prompt);
    for (let round = 0; round < rounds; round++) {
      // The second of two neighbours in time finds the machine warmer: each is the second in turn.
      if (round % 2 === 0) found.without.push(await without.measure(prompt));
      found.plain.push(await having.measure(prompt));
      if (round % 2 === 1) found.without.push(await without.measure(prompt));
      found.one.push(await having.measure(`${prompt}<lora:one:0.8>`));
      found.two.push(await having.measure(`${prompt}<lora:two:0.8>`));
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
