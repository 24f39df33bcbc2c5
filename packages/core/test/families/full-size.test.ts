import { describe, expect, it } from 'vitest';
import { detectModel } from '../../src/checkpoint/index.js';
import { builtinFamilies } from '../../src/families/index.js';
import { emitGraph } from '../../src/graph/index.js';
import { headerOnly } from './header-only.js';
import { weightNames } from './model-summary.js';
import type { LayoutEntry } from './sd15-layout.js';

type Layouts = Readonly<Record<string, (inChannels?: number) => readonly LayoutEntry[]>>;
const { fullLayouts }: { fullLayouts: Layouts } = await import(new URL('../../../../bench/full-layouts.js', import.meta.url).href);

const families: Readonly<Record<string, string>> = { sd15: 'sd1', sd21: 'sd2', sdxl: 'sdxl', 'sdxl-refiner': 'sdxl-refiner' };
/** What no network reads: training's leftovers. */
const unread = /position_ids$|logit_scale$|^[a-z_]*(alphas|betas|posterior)|^log_one|^sqrt_/;

describe.each(Object.entries(families))('a full-size %s checkpoint', (name, family) => {
  it.each([4, 8, 9])('with %i input channels is known, and its graphs use every tensor', async (channels) => {
    const weights = await headerOnly(`${name}-${channels}.safetensors`, fullLayouts[name]!(channels));
    // A file without values has nothing that tells v from epsilon.
    const readable = Object.assign(Object.create(weights), { get: (key: string) => withZeros(weights.get(key)) });
    const detected = await detectModel({ weights: readable, sidecar: undefined, families: builtinFamilies });
    expect(detected.family).toBe(family);
    expect(detected.networks.find((network) => network.name === 'unet')?.config.inChannels).toBe(channels);
    const used = new Set<string>();
    for (const network of detected.networks) {
      const plan = { network: network.name, family, config: network.config, sockets: [], variants: {} };
      const { bytes, inputs } = await emitGraph({ plan, network, weights, file: weights });
      for (const key of weightNames(bytes)) used.add(key);
      if (network.name === 'unet') expect(inputs).toEqual(expect.arrayContaining(['latent', 'timestep', 'context']));
    }
    const pools = detected.text.encoders.some((encoder) => encoder.pools);
    const left = [...weights.keys].filter((key) => !used.has(key) && !unread.test(key));
    // A tower that does not pool stops before its last layer and needs no projection; SDXL's smaller one needs no last norm either.
    const skipped = pools
      ? /embedders\.0\.transformer\.text_model\.(encoder\.layers\.11|final_layer_norm)\./
      : /\.resblocks\.23\.|text_projection$/;
    expect(left.filter((key) => !skipped.test(key))).toEqual([]);
  });
});

const withZeros = <T extends { readonly shape: readonly number[] } | undefined>(entry: T): T =>
  entry && { ...entry, read: async () => new Float32Array(entry.shape.reduce((product, dim) => product * dim, 1)) };
