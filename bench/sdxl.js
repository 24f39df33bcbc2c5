// A full-size SDXL checkpoint of random f16 weights (6.9 GB), 1024×1024, two steps with guidance, while the weights cache is written
// and from it: what both processes take. node bench/sdxl.js [FOLDER] (21 GB on disk; Linux)
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = (name) => fileURLToPath(new URL(name, import.meta.url));
const gibibytes = (kibibytes) => `${(kibibytes / 2 ** 20).toFixed(2)} GiB`;

async function measure(folder) {
  const models = join(folder, 'models');
  const checkpoint = join(models, 'Stable-diffusion', 'random-sdxl.safetensors');
  await mkdir(join(models, 'Stable-diffusion'), { recursive: true });
  if (!existsSync(checkpoint))
    execFileSync(process.execPath, [script('random-sd15.js'), checkpoint, '--model', 'sdxl'], { stdio: 'inherit' });
  for (const name of ['while the cache is written', 'from the cache']) {
    const said = execFileSync(process.execPath, [script('first-step.js'), models, join(folder, 'data'), 'on', '1024', '2'], {
      encoding: 'utf8',
    });
    const run = JSON.parse(said);
    console.log(`- ${name}: CPU time to the first step ${run.hostCpu.toFixed(1)} s host, ${run.runtimeCpu.toFixed(1)} s runtime`);
    console.log(`  runtime's own memory: ${gibibytes(run.anonymous)} at the first step, ${gibibytes(run.ownAtEnd)} at the end`);
    console.log(`  peak of resident memory, mapped weights included: runtime ${gibibytes(run.peak)}, host ${gibibytes(run.hostPeak)}`);
    console.log(`  the picture: ${run.seconds.toFixed(0)} s, ${run.digest}`);
  }
}

const given = process.argv[2];
const folder = given ?? (await mkdtemp(join(tmpdir(), 'armature-sdxl-')));
try {
  await measure(folder);
} finally {
  if (given === undefined) await rm(folder, { recursive: true, force: true });
}
