/**
 * Many tiny generations over HTTP with another model and other LoRAs every few jobs, and what the processes take meanwhile: the server
 * by what a collection leaves in its heap and outside, the runtime by its private pages. `npm run soak -- [--jobs 2000]` (Linux).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Served, wait } from '../chaos/served.js';
import { modelsFolder } from './models-folder.js';
import { processSize } from './process-size.js';

const { values } = parseArgs({ options: { jobs: { type: 'string', default: '2000' } } });
const count = Number(values.jobs);
const models = ['one', 'two', 'three'];
const loras = ['red', 'blue'];
const reporting = ['--expose-gc', '--import', new URL('report-held.js', import.meta.url).href];

const requestOf = (index) => {
  const lora = [...loras, ''][Math.floor(index / 5) % 3];
  return {
    prompt: `a star ${index}${lora && ` <lora:${lora}:${0.5 + (index % 3) / 4}>`}`,
    model: models[Math.floor(index / 7) % models.length],
    seed: index,
    steps: 2,
    width: 64,
    height: 64,
  };
};

async function generate(served, index) {
  const posted = await served.ask('/armature/v1/jobs', { method: 'POST', body: { request: requestOf(index) } });
  if (posted?.status !== 202) throw new Error(`job ${index} was refused: ${posted?.bytes}`);
  const { id } = JSON.parse(posted.bytes);
  for (;;) {
    const job = JSON.parse((await served.ask(`/armature/v1/jobs/${id}`)).bytes);
    if (job.status === 'done') break;
    if (!['queued', 'running'].includes(job.status)) throw new Error(`job ${index}: ${JSON.stringify(job.error)}`);
    await wait(10);
  }
  const { bytes } = await served.ask(`/armature/v1/jobs/${id}/images/0`);
  if (bytes.subarray(1, 4).toString() !== 'PNG') throw new Error(`job ${index} has no picture`);
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** The last tenth against the tenth after the warm-up (the first fifth). */
function drift(samples, name) {
  const tenth = Math.max(1, Math.floor(samples.length / 10));
  const start = samples.slice(tenth * 2, tenth * 3).map((sample) => sample[name]);
  const end = samples.slice(-tenth).map((sample) => sample[name]);
  return { start: mean(start), end: mean(end), share: mean(end) / mean(start) - 1 };
}

function report(samples) {
  let flat = true;
  for (const name of ['serverHeldMib', 'runtimeMib', 'serverFiles', 'runtimeFiles', 'serverThreads', 'runtimeThreads']) {
    const { start, end, share } = drift(samples, name);
    const isMemory = name.endsWith('Mib');
    const good = isMemory ? Math.abs(share) <= 0.05 || end < start : end <= start + 0.5;
    flat &&= good;
    console.log(
      `${name}: ${start.toFixed(1)} after the warm-up, ${end.toFixed(1)} at the end (${(share * 100).toFixed(1)} %)${good ? '' : '  !'}`,
    );
  }
  const { start, end } = drift(samples, 'serverMib');
  console.log(
    `private pages of the server, V8's room for garbage among them (it takes and gives back as it likes): ${start.toFixed(0)}, ${end.toFixed(0)} MiB`,
  );
  return flat;
}

async function main() {
  const folder = await mkdtemp(join(tmpdir(), 'armature-soak-'));
  const root = join(folder, 'models');
  await modelsFolder(root, { models, loras });
  const served = new Served({ folder, data: join(folder, 'data'), args: ['--models', root, '--threads', '1'], node: reporting });
  const samples = [];
  const began = performance.now();
  try {
    await served.start();
    for (let index = 0; index < count; index++) {
      await generate(served, index);
      if (index % 5 !== 4) continue;
      const [server, runtime] = await Promise.all([processSize(served.pid), processSize(await served.runtimePid())]);
      samples.push({
        serverHeldMib: await served.report(),
        serverMib: server.mib,
        serverFiles: server.files,
        serverThreads: server.threads,
        runtimeMib: runtime.mib,
        runtimeFiles: runtime.files,
        runtimeThreads: runtime.threads,
      });
      if (index % 50 === 49) console.error(`${index + 1}: server ${server.mib.toFixed(0)} MiB, runtime ${runtime.mib.toFixed(0)} MiB`);
    }
    console.log(
      `${count} generations, ${Math.floor(count / 7)} model switches, ${Math.floor(count / 5)} LoRA switches, ${Math.round((performance.now() - began) / 1000)} s`,
    );
    const flat = report(samples);
    const code = await served.kill('SIGTERM');
    console.log(`exit after SIGTERM: ${code}`);
    return flat && code === 0 ? 0 : 1;
  } finally {
    await served.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
