import type { NoiseGenerator } from './noise-generator.js';

const rounds = 10;
const scale = Math.fround(2.3283064e-10);
const angleScale = Math.fround(2.3283064e-10 * 6.2831855);

/**
 * `torch.randn` on an NVIDIA card: Philox 4×32-10 (Salmon et al. 2011) with the element index in the counter, and
 * Box–Muller on the first two words, sine half only. The webui's `randn_source` NV.
 */
export class PhiloxGenerator implements NoiseGenerator {
  readonly #keyLow: number;
  readonly #keyHigh: number;
  #draws = 0;

  constructor(seed: number | bigint) {
    const key = BigInt.asUintN(64, BigInt(seed));
    this.#keyLow = Number(key & 0xffffffffn);
    this.#keyHigh = Number(key >> 32n);
  }

  randn(count: number): Float32Array {
    const out = new Float32Array(count);
    const words = new Uint32Array(4);
    for (let i = 0; i < count; i++) {
      words[0] = this.#draws;
      words[1] = 0;
      words[2] = i;
      words[3] = 0;
      philox(words, this.#keyLow, this.#keyHigh);
      const uniform = (words[0] as number) * scale + scale / 2;
      const angle = (words[1] as number) * angleScale + angleScale / 2;
      out[i] = Math.sqrt(-2 * Math.log(uniform)) * Math.sin(angle);
    }
    this.#draws++;
    return out;
  }
}

function philox(words: Uint32Array, keyLow: number, keyHigh: number): void {
  let [a, b, c, d] = words as unknown as [number, number, number, number];
  for (let round = 0; round < rounds; round++) {
    const highA = multiplyHigh(a, 0xd2511f53);
    const lowA = Math.imul(a, 0xd2511f53);
    const highC = multiplyHigh(c, 0xcd9e8d57);
    const lowC = Math.imul(c, 0xcd9e8d57);
    a = highC ^ b ^ keyLow;
    c = highA ^ d ^ keyHigh;
    b = lowC;
    d = lowA;
    keyLow = (keyLow + 0x9e3779b9) | 0;
    keyHigh = (keyHigh + 0xbb67ae85) | 0;
  }
  words[0] = a;
  words[1] = b;
  words[2] = c;
  words[3] = d;
}

/** High word of an unsigned 32 × 32 bit product, by 16-bit halves; no partial sum leaves 32 bits. */
function multiplyHigh(a: number, b: number): number {
  const lowA = a & 0xffff;
  const highA = a >>> 16;
  const lowB = b & 0xffff;
  const highB = b >>> 16;
  const middle = highA * lowB + ((lowA * lowB) >>> 16);
  const carry = lowA * highB + (middle & 0xffff);
  return (highA * highB + (middle >>> 16) + (carry >>> 16)) | 0;
}
