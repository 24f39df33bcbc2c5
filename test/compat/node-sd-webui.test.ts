import { createRequire } from 'node:module';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Serving, startServing } from './serving.js';

type Package = typeof import('../../node_modules/node-sd-webui/types/index.js');

// Its package.json names no types beside its code.
const { default: sdwebui, SamplingMethod } = createRequire(import.meta.url)('node-sd-webui') as Package;

const order = { prompt: 'a red circle on a blue background', seed: 7, steps: 3, width: 64, height: 64, cfgScale: 5 };

let serving: Serving;
let client: ReturnType<Package['default']>;
beforeAll(async () => {
  serving = await startServing();
  client = sdwebui({ apiUrl: serving.address });
});
afterAll(async () => {
  await serving.stop();
});

const facts = (info: string): Record<string, unknown> => JSON.parse(info) as Record<string, unknown>;

it('txt2img, with a sampler name of old', async () => {
  const { images, info } = await client.txt2img({ ...order, samplingMethod: SamplingMethod.DPMPlusPlus_2M_Karras });
  expect(images).toHaveLength(1);
  expect(facts(info)).toMatchObject({ seed: 7, sampler_name: 'DPM++ 2M', width: 64, height: 64 });
});

it('txt2img with variation, batches and hires fix', async () => {
  const hires = { steps: 2, denoisingStrength: 0.7, upscaler: 'Latent', upscaleBy: 2 };
  const { images, info } = await client.txt2img({ ...order, hires, variationSeed: 3, variationSeedStrength: 0.2, batchSize: 2 });
  expect(images).toHaveLength(2 + Number(facts(info).index_of_first_image));
  expect(facts(info)).toMatchObject({ subseed: 3, subseed_strength: 0.2 });
});

it('img2img', async () => {
  const { images } = await client.txt2img(order);
  const again = await client.img2img({ ...order, imageData: images, prompt: 'a tree' });
  expect(again.images).toHaveLength(1);
  expect(facts(again.info)).toMatchObject({ prompt: 'a tree', denoising_strength: 0.75 });
});

it('pngInfo', async () => {
  const { images } = await client.txt2img({ ...order, negativePrompt: 'text' });
  expect(await client.pngInfo({ imageData: images[0] ?? '' })).toMatchObject({ prompt: order.prompt, negativePrompt: 'text', steps: 3 });
});

it('a script that is not there is an error of the client', async () => {
  await expect(client.txt2img({ ...order, script: { name: 'no such script' } })).rejects.toThrow('Unprocessable Entity');
});
