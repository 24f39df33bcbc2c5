import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tinyModelFolder } from '@armature/tiny-model';
import { measureControl } from './control.js';
import { measureHooks } from './hooks.js';
import { measureLora } from './lora.js';
import { measureJob } from './measure-job.js';
import { measureNetworks } from './measure-networks.js';
import { measureSamplers } from './measure-samplers.js';
import { measureStart } from './measure-start.js';
import { measureTiles } from './measure-tiles.js';

const prompt = 'a red circle on a blue background';

function print(title, rows) {
  console.log(`\n## ${title}`);
  for (const [name, value] of rows) console.log(`- ${name}: ${value}`);
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}`);
print('Hooks', await measureHooks());

const tiny = join(tinyModelFolder, 'Stable-diffusion', 'tiny-sd1.safetensors');
const { rows } = await measureNetworks(tiny, { calls: 9, sizes: [32, 64] });
print('Tiny model: networks', rows);
print(
  'Tiny model: 128×128, 20 steps',
  await measureJob(tinyModelFolder, { prompt, seed: 1, steps: 20, width: 128, height: 128, cfgScale: 5 }),
);

if (!process.argv.includes('--tiny')) {
  const folder = await mkdtemp(join(tmpdir(), 'armature-bench-'));
  try {
    const path = join(folder, 'random-sd15.safetensors');
    execFileSync(process.execPath, [fileURLToPath(new URL('random-sd15.js', import.meta.url)), path], { stdio: 'inherit' });
    if (process.platform === 'linux') print('Full-size random SD 1.5, f16: start', measureStart(folder, join(folder, 'data')));
    const tiles = { size: 2048, tile: 512, data: join(folder, 'data/weights') };
    print('Full-size random SD 1.5, f16: VAE in tiles', await measureTiles(path, tiles));
    const { rows, unetSeconds } = await measureNetworks(path, { calls: 3, sizes: [32, 64] });
    print('Full-size random SD 1.5, f16: networks', rows);
    print('Full-size random SD 1.5, f16: samplers, 512×512', await measureSamplers({ unetSeconds: unetSeconds[64], steps: 20 }));
    print(
      'Full-size random SD 1.5, f16: 512×512, 3 steps',
      await measureJob(folder, { prompt, seed: 1, steps: 3, width: 512, height: 512 }),
    );
    print('Full-size random SD 1.5, f16: LoRA', await measureLora(folder, path));
    print('Full-size random SD 1.5, f16: ControlNet', await measureControl(folder, path));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
