import { type Shape, Tensor, viewOf } from './tensor.js';

const LATENT = Symbol.for('armature.latent');

/** A batch of latents, shape [batch, channels, height / 8, width / 8], in the sampler's scale. */
export class Latent extends Tensor {
  constructor(data: ArrayLike<number>, shape: Shape) {
    if (shape.length !== 4) throw new RangeError(`a latent has 4 dimensions, not [${shape.join(', ')}]`);
    super(data, shape);
  }

  get [LATENT](): true {
    return true;
  }

  get batch(): number {
    return this.shape[0] as number;
  }

  get channels(): number {
    return this.shape[1] as number;
  }

  get height(): number {
    return this.shape[2] as number;
  }

  get width(): number {
    return this.shape[3] as number;
  }

  /** Adds `amount` times the difference from a 3×3 box blur (edges repeated): more local contrast, same mean. */
  unsharp(amount: number): Latent {
    const { height, width } = this;
    const source = viewOf(this);
    return this.map((value, index) => {
      const x = index % width;
      const y = Math.floor(index / width) % height;
      return value + amount * (value - boxMean(source, index, x, y, width, height));
    });
  }
}

function boxMean(source: Float32Array, index: number, x: number, y: number, width: number, height: number): number {
  let sum = 0;
  for (let dy = -1; dy <= 1; dy++) {
    for (let dx = -1; dx <= 1; dx++) {
      const stepY = Math.min(height - 1, Math.max(0, y + dy)) - y;
      const stepX = Math.min(width - 1, Math.max(0, x + dx)) - x;
      sum += source[index + stepY * width + stepX] as number;
    }
  }
  return sum / 9;
}

export const isLatent = (value: unknown): value is Latent => typeof value === 'object' && value !== null && LATENT in value;
