import { execFileSync } from 'node:child_process';
import { link, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Raster } from '@armature/sdk';
import { detectModel, openWeights, readSidecar } from '../packages/core/dist/checkpoint/index.js';
import { sd1Family } from '../packages/core/dist/families/index.js';
import { controlNet } from '../packages/ext-controlnet/dist/networks/control-net.js';
import { controlLayout } from './control-layout.js';
import { flopsOf } from './flops.js';
import { median, percent, watchedHost } from './watched-host.js';
import { writeCheckpoint } from './write-checkpoint.js';

const side = 512;
const rounds = 5;
const request = { prompt: 'a red circle on a blue background', negativePrompt: 'blurry', seed: 1, width: side, height: side };
const mebibytes = (bytes) => `${(bytes / 2 ** 20).toFixed(2)} MiB`;

/** Stripes and steps: something with edges. */
function edgy() {
  const data = Uint8Array.from({ length: side * side * 3 }, (_, at) =>
    (at * 7) % 251 > 125 ? 255 : Math.floor(at / 3) % side > 255 ? 90 : 10,
  );
  return new Raster(data, { width: side, height: side, channels: 3 });
}

/** Floating-point operations of a step of the checkpoint's UNet with guidance, and of a ControlNet beside it. */
async function countFlops(checkpoint) {
  const weights = await openWeights(checkpoint);
  try {
    const detected = await detectModel({ weights, sidecar: await readSidecar(checkpoint), families: [sd1Family] });
    const unet = detected.networks.find(({ name }) => name === 'unet');
    const plan = { network: 'unet', family: detected.family, config: unet.config, sockets: [], variants: {} };
    const latent = { n: 2, h: side / 8, w: side / 8, t: 77 };
    const seen = { m: 1, x: side / 8, y: side / 8, k: 2, mh: 1, mw: 1 };
    const control = (g) => controlNet(g, { unet: { ...unet.config, inChannels: 4 }, pooled: false });
    return { unet: await flopsOf((g) => unet.emit(g), plan, latent), control: await flopsOf(control, plan, { ...latent, ...seen }) };
  } finally {
    await weights.close();
  }
}

/**
 * What one ControlNet costs on the full-size model: CPU seconds of a step with and without it in alternation, its share of the
 * floating-point operations, and the bytes that cross between the processes in a step.
 */
export async function measureControl(folder, checkpoint) {
  const models = join(folder, 'control-models');
  for (const kind of ['Stable-diffusion', 'ControlNet']) await mkdir(join(models, kind), { recursive: true });
  await link(checkpoint, join(models, 'Stable-diffusion', 'random-sd15.safetensors'));
  await writeCheckpoint(join(models, 'ControlNet', 'random-control.safetensors'), controlLayout(), 2);
  const from = dirname(fileURLToPath(import.meta.resolve('@armature/ext-controlnet/package.json')));
  const host = await watchedHost(models, [{ from }]);
  const unit = { enabled: true, module: 'canny', model: 'random-control', image: edgy() };
  const controlled = { ...request, extensions: { 'armature.controlnet': { units: [unit] } } };
  const found = { without: [], with: [] };
  try {
    await host.measure(request);
    await host.measure(controlled);
    for (let round = 0; round < rounds; round++) {
      // The second of two neighbours in time finds the machine warmer: each is the second in turn.
      if (round % 2 === 0) found.without.push(await host.measure(request));
      found.with.push(await host.measure(controlled));
      if (round % 2 === 1) found.without.push(await host.measure(request));
    }
  } finally {
    await host.close();
  }
  const flops = await countFlops(checkpoint);
  const share = flops.control / flops.unet;
  const of = (name, what) => median(found[name].map((run) => run[what]));
  const more = median(found.with.map(({ step }, at) => step / found.without[at].step)) - 1;
  return [
    ['CPU seconds of a step: without a ControlNet, with one', `${of('without', 'step').toFixed(2)}, ${of('with', 'step').toFixed(2)}`],
    [
      'operations of a step: UNet, ControlNet',
      `${(flops.unet / 1e9).toFixed(0)}, ${(flops.control / 1e9).toFixed(0)} GFLOP: a share of ${percent(share)}`,
    ],
    ['a step with one ControlNet', `${percent(more)} more (limit ${percent(share + 0.05)})`],
    ['bytes that cross in a step: without, with', `${mebibytes(of('without', 'crossed'))}, ${mebibytes(of('with', 'crossed'))}`],
    ['bytes of residuals that stay in the runtime', mebibytes(of('with', 'kept'))],
  ];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = await mkdtemp(join(tmpdir(), 'armature-bench-'));
  try {
    const path = join(folder, 'random-sd15.safetensors');
    execFileSync(process.execPath, [fileURLToPath(new URL('random-sd15.js', import.meta.url)), path], { stdio: 'inherit' });
    for (const [name, value] of await measureControl(folder, path)) console.log(`- ${name}: ${value}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
