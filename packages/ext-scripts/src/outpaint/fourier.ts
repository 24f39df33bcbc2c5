import { setImmediate as nextTurn } from 'node:timers/promises';

/** Values that are transformed before others have a turn: some 10 ms. */
const slice = 100_000;

/** Complex numbers on a grid, row by row. */
export interface Spectrum {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/**
 * The two-dimensional Fourier transform of a grid with its middle at the origin, in both rooms, each direction scaled by
 * 1/√n (`fftshift` → `fft2(norm="ortho")` → `ifftshift`). Sides are even. `inverse`: the way back.
 */
export async function fourier({ real, imaginary }: Spectrum, { rows, columns }: Grid, inverse = false): Promise<Spectrum> {
  const out = shifted({ real, imaginary }, { rows, columns });
  const along = new LineTransform(columns, inverse);
  for (let y = 0; y < rows; y++) {
    along.run(out, y * columns, 1);
    if (y % Math.ceil(slice / columns) === 0) await nextTurn();
  }
  const down = new LineTransform(rows, inverse);
  for (let x = 0; x < columns; x++) {
    down.run(out, x, columns);
    if (x % Math.ceil(slice / rows) === 0) await nextTurn();
  }
  return shifted(out, { rows, columns });
}

/** The halves of both sides change places. */
function shifted({ real, imaginary }: Spectrum, { rows, columns }: Grid): Spectrum {
  const out = { real: new Float64Array(real.length), imaginary: new Float64Array(real.length) };
  for (let y = 0; y < rows; y++) {
    const to = ((y + rows / 2) % rows) * columns;
    for (let x = 0; x < columns; x++) {
      const at = to + ((x + columns / 2) % columns);
      out.real[at] = real[y * columns + x] as number;
      out.imaginary[at] = imaginary[y * columns + x] as number;
    }
  }
  return out;
}

/** Transforms of lines of one length, by its prime factors (Cooley and Tukey). */
class LineTransform {
  readonly #length: number;
  readonly #cosines: Float64Array;
  readonly #sines: Float64Array;
  readonly #real: Float64Array;
  readonly #imaginary: Float64Array;

  constructor(length: number, inverse: boolean) {
    this.#length = length;
    const sign = inverse ? 1 : -1;
    this.#cosines = Float64Array.from({ length }, (_, k) => Math.cos((2 * Math.PI * k) / length));
    this.#sines = Float64Array.from({ length }, (_, k) => sign * Math.sin((2 * Math.PI * k) / length));
    this.#real = new Float64Array(length);
    this.#imaginary = new Float64Array(length);
  }

  /** In place: the line that begins at `start` and goes on by `stride`. */
  run({ real, imaginary }: Spectrum, start: number, stride: number): void {
    this.#part(real, imaginary, start, stride, this.#length, 0);
    const scale = 1 / Math.sqrt(this.#length);
    for (let k = 0; k < this.#length; k++) {
      real[start + k * stride] = (this.#real[k] as number) * scale;
      imaginary[start + k * stride] = (this.#imaginary[k] as number) * scale;
    }
  }

  /** A sub-line of `count` values into this object's own arrays from `to` on. */
  #part(real: Float64Array, imaginary: Float64Array, start: number, stride: number, count: number, to: number): void {
    if (count === 1) {
      this.#real[to] = real[start] as number;
      this.#imaginary[to] = imaginary[start] as number;
      return;
    }
    const factor = smallestFactor(count);
    const part = count / factor;
    for (let r = 0; r < factor; r++) this.#part(real, imaginary, start + r * stride, stride * factor, part, to + r * part);
    this.#join(factor, part, to);
  }

  #join(factor: number, part: number, to: number): void {
    const count = factor * part;
    const turn = this.#length / count;
    const own = { real: new Float64Array(factor), imaginary: new Float64Array(factor) };
    for (let k = 0; k < part; k++) {
      for (let r = 0; r < factor; r++) {
        own.real[r] = this.#real[to + r * part + k] as number;
        own.imaginary[r] = this.#imaginary[to + r * part + k] as number;
      }
      for (let q = 0; q < factor; q++) this.#sum(own, k + q * part, turn, to);
    }
  }

  #sum({ real, imaginary }: Spectrum, k: number, turn: number, to: number): void {
    let re = 0;
    let im = 0;
    for (let r = 0; r < real.length; r++) {
      const at = (r * k * turn) % this.#length;
      const [cosine, sine] = [this.#cosines[at] as number, this.#sines[at] as number];
      re += (real[r] as number) * cosine - (imaginary[r] as number) * sine;
      im += (real[r] as number) * sine + (imaginary[r] as number) * cosine;
    }
    this.#real[to + k] = re;
    this.#imaginary[to + k] = im;
  }
}

function smallestFactor(count: number): number {
  for (let factor = 2; factor * factor <= count; factor++) if (count % factor === 0) return factor;
  return count;
}
