/**
 * Swaps generations while pictures are made: an extension in TypeScript with a zod of its own is edited again and again, the way
 * `armature dev` sees it. Counts lost jobs and jobs of a wrong generation; tells how long an edit takes, what stays on the heap, and
 * how many generations stay with it.
 *
 *   node --expose-gc bench/reload.js [--reloads 200] [--json]
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Session } from 'node:inspector/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createBundler, DevBundler } from '@armature/compose';
import { createHost } from '@armature/core';
import { tinyModelFolder } from '@armature/tiny-model';
import { build } from 'esbuild';

const STEPS = 4;
const WORKERS = 3;
/** From this reload on the heap may no longer grow. */
const SETTLED = 20;
/** What counts as the beginning, and as the end: this many reloads. */
const SPAN = 20;
const EVERY = 5;
/** Edits that are measured before, while the host has nothing else to do. */
const ALONE = 10;
const request = { prompt: 'a red circle on a blue background', seed: 1, steps: STEPS, width: 64, height: 64 };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** Each generation writes its number and the steps it has seen into the parameters. */
const source = (number) => `import { defineExtension, type JobInfo } from '@armature/sdk';
import { z } from './own-zod.js';

const wish = z.object({ number: z.int().positive(), words: z.array(z.string()) });
const { number } = wish.parse({ number: ${number}, words: ['generation'] });

export default defineExtension({
  args: { share: z.number().min(0).max(1).default(1) },
  setup({ hooks }) {
    const steps = new WeakMap<JobInfo, number>();
    hooks.sampling.guided.tap((latent) => latent.scale(1));
    hooks.sampling.step.tap((_, { job }) => void steps.set(job, (steps.get(job) ?? 0) + 1));
    hooks.image.infotext.tap((text, { job }) => ({
      ...text,
      fields: new Map([...text.fields, ['Seen', \`\${number} \${steps.get(job)}\`]]),
    }));
  },
});
`;

async function writeExtension(folder) {
  await mkdir(join(folder, 'src'), { recursive: true });
  const armature = { api: 1, id: 'bench.reloaded', engines: { armature: '*' }, entry: './src/index.ts' };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'reloaded', version: '1.0.0', type: 'module', armature }));
  // The copy that the SDK uses, under another roof.
  const entryPoints = [join(dirname(createRequire(import.meta.resolve('@armature/sdk')).resolve('zod')), 'index.js')];
  await build({ entryPoints, bundle: true, format: 'esm', outfile: join(folder, 'src/own-zod.js'), logLevel: 'error' });
  await writeFile(join(folder, 'src/index.ts'), source(1));
}

/**
 * Lets jobs end, then measures: what is still there then is kept by the host, not by a job. `gc()` leaves V8's caches of compiled
 * code alone, and they hold the text of a bundle or three; `plain` is with them. `bytes` is after the collection of a process that
 * is short of memory, which gives them up: what is reachable.
 */
async function look(state, definitions) {
  let goOn = () => {};
  state.pause = new Promise((done) => {
    goOn = done;
  });
  while (state.running > 0) await pause(5);
  const plain = await settle(() => globalThis.gc());
  const session = new Session();
  session.connect();
  const bytes = await settle(() => session.post('HeapProfiler.collectGarbage'));
  session.disconnect();
  const living = definitions.filter((definition) => definition.deref());
  // What has gone is not counted again, nor weighed.
  definitions.splice(0, definitions.length, ...living);
  goOn();
  return { bytes, plain, alive: living.length };
}

/** Code goes in several rounds: functions, what they were compiled from, its text. @returns bytes of the heap then */
async function settle(collect) {
  for (let round = 0; round < 4; round++) {
    await pause(10);
    await collect();
  }
  return process.memoryUsage().heapUsed;
}

/** Makes pictures until told to stop. */
async function makePictures(host, state) {
  while (!state.stopped) {
    await state.pause;
    const expected = state.number;
    state.running += 1;
    try {
      const { status, images, faults } = await host.txt2img(request);
      const seen = /Seen: (\d+) (\d+)/.exec(images[0]?.infotext ?? '');
      if (status !== 'done' || faults.length > 0 || !images[0]) state.lost.push(`${status}, ${faults.map(({ message }) => message)}`);
      else if (Number(seen?.[1]) !== expected || Number(seen?.[2]) !== STEPS)
        state.wrong.push(`${seen?.[0]}, expected ${expected} ${STEPS}`);
      else if (state.number !== expected) state.straddled += 1;
      state.made += 1;
    } catch (error) {
      state.lost.push(String(error));
    }
    state.running -= 1;
  }
}

/** Edits the extension and waits until its code is in force. @returns milliseconds from the beginning of the write */
async function edit(folder, number, host, bundler, state) {
  const changed = new Promise((done) => bundler.watch(() => done()));
  const start = performance.now();
  await writeFile(join(folder, 'src/index.ts'), source(number));
  await changed;
  if (!(await bundler.rebuild())) throw new Error(`edit ${number} was not seen`);
  const accept = (next) => {
    const active = next.extensions()[0]?.state === 'active';
    if (active) state.number = number;
    else throw new Error(JSON.stringify(next.extensions()[0]?.cause));
    return active;
  };
  await host.reload({ accept });
  return performance.now() - start;
}

const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

async function measure(reloads) {
  const folder = await mkdtemp(join(tmpdir(), 'armature-reload-'));
  const [extension, data] = [join(folder, 'extension'), join(folder, 'data')];
  await writeExtension(extension);
  const others = createBundler({ cacheFolder: join(data, 'bundles') });
  const bundler = await DevBundler.open({ path: extension, others, log: quiet });
  const definitions = [];
  const watched = {
    bundle: (entry) => bundler.bundle(entry),
    imports: (entry) => bundler.imports(entry),
    async load(entry) {
      const loaded = await bundler.load(entry);
      definitions.push(new WeakRef(loaded.exports.default));
      return loaded;
    },
  };
  const host = await createHost({ models: [tinyModelFolder], data, extensions: [{ from: extension }], bundler: watched, log: quiet });
  const state = { number: 1, stopped: false, pause: undefined, running: 0, made: 0, straddled: 0, lost: [], wrong: [] };
  const [alone, edits, looks] = [[], [], []];
  try {
    const [report] = host.extensions();
    if (report?.state !== 'active') throw new Error(`the extension is ${report?.state}: ${report?.cause?.message}`);
    await host.txt2img(request);
    for (let number = 2; number < 2 + ALONE; number++) alone.push(await edit(extension, number, host, bundler, state));
    const workers = Array.from({ length: WORKERS }, () => makePictures(host, state));
    for (let count = 1; count <= reloads; count++) {
      edits.push(await edit(extension, 1 + ALONE + count, host, bundler, state));
      await pause(30);
      if (count % EVERY === 0) looks.push({ reloads: count, ...(await look(state, definitions)) });
    }
    state.stopped = true;
    await Promise.all(workers);
  } finally {
    state.stopped = true;
    await host.dispose();
    await bundler.dispose();
    await rm(folder, { recursive: true, force: true });
  }
  return { state, alone, edits, looks };
}

const option = process.argv.indexOf('--reloads');
const reloads = option < 0 ? 200 : Number(process.argv[option + 1]);
const { state, alone, edits, looks } = await measure(reloads);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const settled = looks.filter((look) => look.reloads >= SETTLED);
const bytesOf = (some) => mean(some.map(({ bytes }) => bytes));
const begin = bytesOf(settled.filter((look) => look.reloads <= SETTLED + SPAN));
const end = bytesOf(settled.filter((look) => look.reloads > reloads - SPAN));
const report = {
  reloads,
  made: state.made,
  straddled: state.straddled,
  lost: state.lost,
  wrong: state.wrong,
  milliseconds: { alone: quantile(alone, 0.5), median: quantile(edits, 0.5), p95: quantile(edits, 0.95), longest: Math.max(...edits) },
  heap: looks.map(({ reloads: at, bytes, plain }) => [at, bytes, plain]),
  /** Means of the first and the last reloads from the 20th on, bytes. */
  begin,
  end,
  drift: end / begin - 1,
  /** Largest distance of a single look from the beginning, as a share. */
  farthest: Math.max(...settled.map(({ bytes }) => Math.abs(bytes / begin - 1))),
  /** What V8's own caches held beside that, bytes. */
  caches: looks.map(({ bytes, plain }) => plain - bytes),
  /** Generations whose code is still on the heap when no job runs, at most. */
  alive: Math.max(...looks.map((look) => look.alive)),
};
if (process.argv.includes('--json')) console.log(JSON.stringify(report));
else {
  const { alone: quietly, median, p95, longest } = report.milliseconds;
  console.log(
    `- ${reloads} reloads while ${report.made} pictures were made; ${report.straddled} of them ended on an earlier generation than the one in force`,
  );
  console.log(
    `- jobs lost: ${report.lost.length}, jobs of a wrong generation: ${report.wrong.length} ${[...report.lost, ...report.wrong].slice(0, 3)}`,
  );
  console.log(
    `- edit to active: median ${quietly.toFixed(0)} ms alone; while pictures are made median ${median.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, longest ${longest.toFixed(0)} ms (limit 300 ms)`,
  );
  const share = (value) => `${(value * 100).toFixed(1)} %`;
  console.log(`- heap after each ${EVERY} reloads, jobs ended, MB: ${looks.map(({ bytes }) => (bytes / 1e6).toFixed(1)).join(' ')}`);
  const cached = report.caches.map((bytes) => bytes / 1e6);
  console.log(
    `- V8's caches of compiled code beside that: ${mean(cached).toFixed(1)} MB in the mean, ${Math.max(...cached).toFixed(1)} MB at most`,
  );
  console.log(`- generations on the heap then: at most ${report.alive}`);
  console.log(
    `- mean of reloads ${SETTLED} to ${SETTLED + SPAN} ${(begin / 1e6).toFixed(1)} MB, of the last ${SPAN} ${(end / 1e6).toFixed(1)} MB: ${share(report.drift)}; farthest single look ${share(report.farthest)} (limit 5 %)`,
  );
}
