import { createHash } from 'node:crypto';
import { clipVision } from '@armature/nn';
import { isTensor, type SessionsApi, Tensor, type WeightsApi } from '@armature/sdk';
import type { Pixels } from '../vision/pixels.js';
import { readEncoderFile } from './encoder-file.js';
import { pixelValues } from './pixel-values.js';

/** Encoded pictures that are remembered: one of ViT-H's patches takes 1.3 MB. */
const most = 16;

export interface Encoding {
  readonly path: string;
  readonly pictures: readonly Pixels[];
  readonly sees: 'embeds' | 'hidden';
  readonly signal: AbortSignal;
}

/** What image encoders made of pictures; the same picture again is not encoded again. */
export class EncodedPictures {
  readonly #sessions: SessionsApi;
  readonly #weights: WeightsApi;
  readonly #known = new Map<string, Tensor>();

  constructor(sessions: SessionsApi, weights: WeightsApi) {
    this.#sessions = sessions;
    this.#weights = weights;
  }

  /** Pictures one a row, and last what stands for none: [m+1,w] or [m+1,p,w]. @throws HostError CKPT_*, CONTROL_ENCODER_UNKNOWN */
  async encode({ path, pictures, sees, signal }: Encoding): Promise<Tensor> {
    const file = await this.#weights.open(path);
    try {
      const { config, weights } = readEncoderFile(file, path);
      const side = config.patch * config.grid;
      const wanted = pictures.map((picture) => pixelValues(picture, side));
      // As in the original nothing is a vector of zeros, or the states of a picture whose normalised values are.
      if (sees === 'hidden') wanted.push(new Tensor(new Float32Array(3 * side * side), [1, 3, side, side]));
      const keyed = wanted.map((pixels) => ({ pixels, key: `${file.weightsId}|${sees}|${digestOf(pixels)}` }));
      const found = new Map(keyed.flatMap(({ key }) => (this.#known.has(key) ? [[key, this.#known.get(key)!]] : [])));
      const missing = keyed.filter(({ key }) => !found.has(key));
      if (missing.length > 0) {
        const session = await this.#sessions.open({
          key: JSON.stringify(['clip-vision', sees, file.weightsId]),
          weightsPath: path,
          weightPrefix: '',
          weights,
          emit: (g) => clipVision(g, config, sees),
        });
        try {
          for (const { key, pixels } of missing) {
            const { [sees]: encoded } = await session.run({ pixels }, { signal });
            if (isTensor(encoded)) found.set(key, encoded);
          }
        } finally {
          await session.free();
        }
      }
      for (const [key, encoded] of found) this.#remember(key, encoded);
      const rows = keyed.map(({ key }) => found.get(key)!);
      const none = sees === 'embeds' ? [new Tensor(new Float32Array(config.projection), [1, config.projection])] : [];
      const [first, ...rest] = [...rows, ...none];
      return first!.concat(...rest);
    } finally {
      await file.close();
    }
  }

  #remember(key: string, encoded: Tensor): void {
    this.#known.delete(key);
    this.#known.set(key, encoded);
    for (const oldest of this.#known.keys()) if (this.#known.size > most) this.#known.delete(oldest);
  }
}

const digestOf = (pixels: Tensor): string => createHash('sha256').update(new Uint8Array(pixels.toFloat32Array().buffer)).digest('hex');
