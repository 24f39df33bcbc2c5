/**
 * Kills a server and its runtime process again and again while it makes jobs, and counts what became of them:
 * `npm run chaos -- [--jobs 300] [--server-kills 20] [--runtime-kills 20] [--seed 1]` (Linux, after `npm run build`).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inspect, remake } from './inspect.js';
import { seeded } from './seeded.js';
import { Served, wait } from './served.js';

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({
  options: { jobs: text('300'), 'server-kills': text('20'), 'runtime-kills': text('20'), seed: text('1') },
});
const count = Number(values.jobs);
const random = seeded(Number(values.seed));

const requests = Array.from({ length: count }, (_, index) => ({
  prompt: `a red circle, picture ${index}`,
  // A third of them leaves the seed to the server.
  seed: index % 3 === 0 ? -1 : index,
  steps: 4 + Math.floor(random() * 20),
  width: 64,
  height: 64,
  iterations: 1 + (index % 2),
  settings: index % 5 === 0 ? { save_txt: true } : {},
}));

/** After how many finished jobs, and how many milliseconds later, which process is killed. */
function planKills() {
  const kinds = [
    ...Array.from({ length: Number(values['server-kills']) }, () => 'server'),
    ...Array.from({ length: Number(values['runtime-kills']) }, () => 'runtime'),
  ];
  const shuffled = Array.from({ length: count - 2 }, (_, place) => ({ place, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ place }) => place);
  // A job that is hit three times ends as failed, and rightly so: kills keep some jobs between them.
  const apart = [];
  for (const place of shuffled) if (apart.every((other) => Math.abs(other - place) > 2)) apart.push(place);
  const places = [...apart, ...shuffled.filter((place) => !apart.includes(place))].slice(0, kinds.length);
  return kinds.map((kind, index) => ({ kind, after: places[index], delay: random() * 250 })).sort((a, b) => a.after - b.after);
}

async function submitAll(served, progress) {
  for (const [index, request] of requests.entries()) {
    while (index - progress.done > 15) await wait(30);
    const body = { request, save: true };
    const headers = { 'idempotency-key': `chaos-${index}` };
    for (;;) {
      const answer = await served.ask('/armature/v1/jobs', { method: 'POST', body, headers });
      if (answer?.status === 202 || answer?.status === 200) break;
      if (answer && answer.status !== 503) throw new Error(`job ${index} was refused: ${answer.bytes}`);
      await wait(50);
    }
  }
}

async function watch(served, progress) {
  while (progress.ended < count) {
    await wait(60);
    const answer = await served.ask('/armature/v1/jobs?limit=500');
    if (!answer) continue;
    const { jobs } = JSON.parse(answer.bytes);
    progress.done = jobs.filter(({ status }) => status === 'done').length;
    progress.ended = jobs.filter(({ status }) => !['queued', 'running'].includes(status)).length;
  }
}

async function killAll(served, progress) {
  for (const { kind, after, delay } of planKills()) {
    while (progress.done < after && progress.ended < count) await wait(20);
    await wait(delay);
    if (kind === 'runtime') await served.killRuntime();
    else {
      await served.kill();
      await served.start();
    }
    progress[kind] += 1;
    console.error(`killed ${kind} at ${progress.done} done`);
  }
}

async function main() {
  const folder = await mkdtemp(join(tmpdir(), 'armature-chaos-'));
  const out = join(folder, 'out');
  const served = new Served({ folder, data: join(folder, 'data'), args: ['--out', out, '--threads', '1'] });
  const progress = { done: 0, ended: 0, server: 0, runtime: 0 };
  const began = performance.now();
  try {
    await served.start();
    await Promise.all([submitAll(served, progress), watch(served, progress), killAll(served, progress)]);
    const found = await inspect(served, { out, requests });
    const { remade, different } = await remake(served, { requests, many: 5 });
    const { results, lost, duplicated, partial, wrong, attempts } = found;
    const code = await served.kill('SIGTERM');
    for (const each of [...lost, ...duplicated, ...partial, ...wrong, ...different]) console.error(`! ${each}`);
    console.log(
      `${progress.server} kills of the server, ${progress.runtime} of its runtime, ${Math.round((performance.now() - began) / 1000)} s`,
    );
    console.log(`attempts: ${JSON.stringify(attempts)}; ${remade} interrupted jobs made again, ${different.length} different`);
    console.log(`exit after SIGTERM: ${code}`);
    console.log(`${results} results, ${lost.length} lost, ${duplicated.length} duplicated, ${partial.length} partial files`);
    const bad = lost.length + duplicated.length + partial.length + wrong.length + different.length;
    return results === count && bad === 0 ? 0 : 1;
  } finally {
    await served.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
