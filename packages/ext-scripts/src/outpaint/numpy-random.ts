const mask128 = (1n << 128n) - 1n;
const mask64 = (1n << 64n) - 1n;
const multiplier = 0x2360ed051fc65da44385df649fccf645n;

/** `numpy.random.default_rng(0).random()`: PCG64, begun as its SeedSequence begins it for the seed 0. */
export class NumpyRandom {
  #state = 35399562948360463058890781895381311971n;
  readonly #increment = 87136372517582989555478159403783844777n;

  /** 0…1, 53 bits. */
  next(): number {
    this.#state = (this.#state * multiplier + this.#increment) & mask128;
    const folded = (this.#state >> 64n) ^ (this.#state & mask64);
    const turns = this.#state >> 122n;
    const word = ((folded >> turns) | (folded << ((64n - turns) & 63n))) & mask64;
    return Number(word >> 11n) / 2 ** 53;
  }
}
