import type { CatalogueEntry, DetectedModel, ModelDescription, ModelFamilyContribution } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { describeKeys, detectModel, openWeights, readSidecar, vaeKeys } from '../checkpoint/index.js';

/** How people call the families. */
const names: Readonly<Record<string, string>> = { sd1: 'SD 1.x', sd2: 'SD 2.x', sdxl: 'SDXL', 'sdxl-refiner': 'SDXL' };

/** @throws HostError CKPT_* */
export async function describeCheckpoint(
  { path }: CatalogueEntry,
  families: readonly ModelFamilyContribution[],
): Promise<ModelDescription> {
  const weights = await openWeights(path);
  try {
    const detected = await detectModel({ weights, sidecar: await readSidecar(path), families });
    return {
      format: `checkpoint (${detected.family})`,
      base: names[detected.family] ?? detected.family,
      facts: checkpointFacts(detected),
    };
  } finally {
    await weights.close();
  }
}

function checkpointFacts({ prediction, text, latent, networks }: DetectedModel): NonNullable<ModelDescription['facts']> {
  const inputs = networks.find(({ name }) => name === 'unet')?.config.inChannels;
  return {
    prediction: prediction === 'v' ? 'v' : 'epsilon',
    'text encoder': text.encoders.map(({ layers, width }) => `${layers} layers of width ${width}`).join(', '),
    latent: `${latent.channels} channels at 1/${latent.downscale}, scale ${latent.scale}`,
    ...(typeof inputs === 'number' && inputs !== latent.channels && { 'inputs of the UNet': `${inputs} channels` }),
  };
}

/** @throws HostError CKPT_* */
export async function describeVae({ path }: CatalogueEntry): Promise<ModelDescription> {
  const weights = await openWeights(path);
  try {
    const keys = vaeKeys(weights.keys);
    const shapeOf = (name: string) => weights.get(keys.get(name) ?? '')?.shape;
    const first = shapeOf('decoder.conv_in.weight');
    if (!first) {
      const problem = `it looks like ${describeKeys(weights.keys)?.what ?? 'nothing known'}, or its layout is another`;
      throw new HostError('MODEL_KIND', { path, kind: 'vae', problem });
    }
    return {
      format: 'VAE',
      facts: {
        latent: `${first[1] ?? 0} channels`,
        'widest layer': first[0] ?? 0,
        encoder: shapeOf('encoder.conv_in.weight') ? 'yes' : 'no',
      },
    };
  } finally {
    await weights.close();
  }
}
