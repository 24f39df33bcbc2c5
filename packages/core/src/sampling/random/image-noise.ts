import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { Latent } from '@armature/sdk';
import { owned } from '@armature/sdk/internal';
import { BrownianTree } from './brownian-tree.js';
import type { NoiseGenerator } from './noise-generator.js';
import { createGenerator, type NoiseSource } from './noise-source.js';
import { pasteCentred } from './paste-centred.js';
import { slerp } from './slerp.js';

/** Latent channels, height and width. */
export type NoiseShape = readonly [channels: number, height: number, width: number];

export interface ImageNoiseOptions {
  readonly source: NoiseSource;
  /** Shape of one picture's noise. */
  readonly shape: NoiseShape;
  /** One for each picture of the batch. */
  readonly seeds: readonly (number | bigint)[];
  readonly subseeds: readonly (number | bigint)[];
  /** 0: the subseeds are not used; 1: only they are. */
  readonly subseedStrength: number;
  /** Picture size in pixels the seed was first used at; 0 or less: off. */
  readonly seedResizeFrom: { readonly width: number; readonly height: number };
  /** Added to every seed for the noise drawn after the first (ENSD). */
  readonly seedDelta: number;
}

/**
 * All noise of a batch: each picture draws from its own generator, so a picture does not depend on its neighbours.
 * Between two pictures other work is let in; ask for one latent at a time.
 */
export interface ImageNoise {
  /** The noise a run starts from, [batch, …shape]. Call it once, before `next`. */
  first(): Promise<Latent>;
  /** The next noise a sampler asks for. */
  next(): Promise<Latent>;
  /** Unit-variance Brownian increments between noise levels of `sigmaMin`…`sigmaMax`, one tree a picture. */
  brownian(sigmaMin: number, sigmaMax: number): (sigma: number, sigmaNext: number) => Promise<Latent>;
}

/** The reference's `ImageRNG` and its batched Brownian tree. */
export function createImageNoise(options: ImageNoiseOptions): ImageNoise {
  const { source, shape, seeds, seedDelta } = options;
  const count = shape[0] * shape[1] * shape[2];
  const stack = async (row: (index: number) => Float32Array | Promise<Float32Array>): Promise<Latent> => {
    const data = new Float32Array(seeds.length * count);
    for (let index = 0; index < seeds.length; index++) {
      if (index > 0) await yieldToOthers();
      data.set(await row(index), index * count);
    }
    return new Latent(owned(data), [seeds.length, ...shape]);
  };
  let generators = seeds.map((seed) => createGenerator(source, seed));
  return Object.freeze({
    async first() {
      const noise = await stack((index) => firstNoise(options, generators[index] as NoiseGenerator, index));
      if (seedDelta !== 0) generators = seeds.map((seed) => createGenerator(source, BigInt(seed) + BigInt(seedDelta)));
      return noise;
    },
    next: () => stack((index) => (generators[index] as NoiseGenerator).randn(count)),
    brownian(sigmaMin: number, sigmaMax: number) {
      const draw = (seed: number): Float32Array => createGenerator(source, seed).randn(count);
      const trees = seeds.map((seed) => new BrownianTree({ from: sigmaMin, to: sigmaMax, entropy: seed, draw }));
      return async (sigma: number, sigmaNext: number) => {
        const increment = await stack((index) => (trees[index] as BrownianTree).increment(sigma, sigmaNext));
        return increment.div(Math.sqrt(Math.fround(Math.abs(Math.fround(sigmaNext - sigma)))));
      };
    },
  });
}

function firstNoise(options: ImageNoiseOptions, generator: NoiseGenerator, index: number): Float32Array {
  const { source, shape, subseedStrength } = options;
  const seed = options.seeds[index] ?? 0;
  const size = (of: NoiseShape): number => of[0] * of[1] * of[2];
  const drawn = seedShape(options);
  const resized = drawn.some((dim, axis) => dim !== shape[axis]);
  let noise = (resized ? createGenerator(source, seed) : generator).randn(size(drawn));
  if (subseedStrength !== 0) {
    const other = createGenerator(source, options.subseeds[index] ?? 0).randn(size(drawn));
    noise = slerp(subseedStrength, noise, other, drawn);
  }
  return resized ? pasteCentred(noise, drawn, generator.randn(size(shape)), shape) : noise;
}

function seedShape({ shape, seedResizeFrom: { width, height } }: ImageNoiseOptions): NoiseShape {
  return width > 0 && height > 0 ? [shape[0], Math.floor(height / 8), Math.floor(width / 8)] : shape;
}
