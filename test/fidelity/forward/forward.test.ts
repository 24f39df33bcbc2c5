import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { IntTensor, type Tensor } from '@armature/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maxDifference } from './max-difference.js';
import { readTensors } from './read-tensors.js';
import { type RunNetwork, Sd1Networks } from './sd1-networks.js';

/** Acceptance line: what one pass of a network may differ from the original's. */
const LIMIT = 1e-4;
const SCALE = 0.18215;
const folders = ['.', '../../../../shared/fidelity/open/forward']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .filter(existsSync);

let networks: Sd1Networks;
beforeAll(async () => {
  networks = await Sd1Networks.start();
});
afterAll(() => networks.stop());

function expectEqual(found: Tensor | undefined, expected: Tensor | undefined): void {
  expect(found?.shape).toEqual(expected?.shape);
  expect(maxDifference(found!.toFloat32Array(), expected!.toFloat32Array())).toBeLessThanOrEqual(LIMIT);
}

describe.each(folders)('single passes of %s', (folder) => {
  describe('text encoder', async () => {
    const pairs = await readTensors(`${folder}/clip.safetensors`);
    it.each([
      ['last', 1],
      ['clipskip2', 2],
    ] as const)('%s is the hidden state at clip skip %i', async (name, clipSkip) => {
      const embed = await networks.open('token-embedding');
      const encode = await networks.open('text-encoder', { variants: { clipSkip } });
      for (const prompt of [0, 1, 2]) {
        const ids = new IntTensor(pairs.get(`${prompt}.tokens`)!.toFloat32Array(), [1, 77]);
        const { embeddings } = await embed({ ids });
        expectEqual((await encode({ embeddings: embeddings! })).hidden, pairs.get(`${prompt}.${name}`));
      }
    });
  });

  describe('unet', async () => {
    const pairs = await readTensors(`${folder}/unet.safetensors`);
    const feeds = (name: string) => ({
      latent: pairs.get(`${name}.x`)!,
      timestep: pairs.get(`${name}.t`)!,
      context: pairs.get(`${name}.context`)!,
    });
    const cases = [...pairs.keys()].filter((key) => key.endsWith('.out')).map((key) => key.slice(0, -4));

    it.each(cases)('%s', async (name) => {
      const run = await networks.open('unet');
      expectEqual((await run(feeds(name))).epsilon, pairs.get(`${name}.out`));
    });

    it('gives the value of every block through a module wrap', async () => {
      const run = await networks.open('unet', {
        wrapModule:
          (path, emit) =>
          (g, ...inputs) => {
            const value = emit(g, ...inputs);
            if (/^unet\.(time_embed|middle_block|(in|out)put_blocks\.\d+)$/.test(path)) g.output(path.replace('unet', 'mid'), value);
            return value;
          },
      });
      for (const name of new Set([...pairs.keys()].filter((key) => key.includes('.mid.')).map((key) => key.split('.mid.')[0]!))) {
        const outputs = await run(feeds(name));
        const blocks = [...pairs.keys()].filter((key) => key.startsWith(`${name}.mid.`));
        expect(blocks.length).toBeGreaterThan(15);
        for (const key of blocks) expectEqual(outputs[key.slice(name.length + 1)], pairs.get(key));
      }
    });
  });

  describe('vae', async () => {
    const pairs = await readTensors(`${folder}/vae.safetensors`);
    const names = (pattern: RegExp) => [...pairs.keys()].flatMap((key) => pattern.exec(key)?.[1] ?? []);

    it.each(names(/^(dec\..*)\.z$/))('%s', async (name) => {
      const decode = await networks.open('vae-decoder');
      expectEqual((await decode({ latent: pairs.get(`${name}.z`)! })).image, pairs.get(`${name}.out`));
    });

    it('decodes a latent that was divided by the scale factor', async () => {
      const decode: RunNetwork = await networks.open('vae-decoder');
      expectEqual((await decode({ latent: pairs.get('decode_first_stage.z')!.div(SCALE) })).image, pairs.get('decode_first_stage.out'));
    });

    it.each(names(/^(enc\..*)\.image$/))('%s', async (name) => {
      const encode = await networks.open('vae-encoder');
      expectEqual((await encode({ image: pairs.get(`${name}.image`)! })).moments, pairs.get(`${name}.moments`));
    });
  });
});
