import { MersenneTwister } from '@armature/sdk';
import type { NoiseGenerator } from './noise-generator.js';

const block = 16;
const half = block / 2;
const twoPi = Math.fround(2 * Math.PI);

/**
 * `torch.randn` on the CPU: Mersenne Twister, Box–Muller. Fewer than 16 values come one by one in double precision, of
 * which the sine half is kept for the next draw; 16 and more are drawn as float32 in blocks of eight pairs, and a
 * ragged end overwrites the last 16 values with a fresh block.
 */
export class TorchGenerator implements NoiseGenerator {
  readonly #words: MersenneTwister;
  #spare: number | undefined;

  constructor(seed: number | bigint) {
    this.#words = new MersenneTwister(Number(BigInt.asUintN(32, BigInt(seed))));
  }

  randn(count: number): Float32Array {
    const out = new Float32Array(count);
    if (count < block) {
      for (let i = 0; i < count; i++) out[i] = this.#single();
      return out;
    }
    for (let i = 0; i < count; i++) out[i] = this.#uniform();
    for (let start = 0; start + block <= count; start += block) boxMuller(out, start);
    if (count % block !== 0) {
      const start = count - block;
      for (let i = start; i < count; i++) out[i] = this.#uniform();
      boxMuller(out, start);
    }
    return out;
  }

  /** 24 bits in 0…1, exact in float32. */
  #uniform(): number {
    return (this.#words.next() & 0xffffff) * 2 ** -24;
  }

  /** 53 bits in 0…1; the first word is the high one. */
  #uniformDouble(): number {
    const high = this.#words.next() & 0x1fffff;
    return (high * 2 ** 32 + this.#words.next()) * 2 ** -53;
  }

  #single(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare;
      this.#spare = undefined;
      return value;
    }
    const angle = 2 * Math.PI * this.#uniformDouble();
    const radius = Math.sqrt(-2 * Math.log1p(-this.#uniformDouble()));
    this.#spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** Eight uniform pairs (i, i + 8) → sixteen normal values, rounded where the float32 kernel rounds. */
function boxMuller(values: Float32Array, start: number): void {
  const { fround } = Math;
  for (let i = start; i < start + half; i++) {
    const first = fround(1 - (values[i] as number));
    const angle = fround(twoPi * (values[i + half] as number));
    const radius = fround(Math.sqrt(fround(-2 * fround(Math.log(first)))));
    values[i] = radius * fround(Math.cos(angle));
    values[i + half] = radius * fround(Math.sin(angle));
  }
}
