import { setImmediate as nextTurn } from 'node:timers/promises';
import { Raster } from '@armature/sdk';
import { fourier, type Grid, type Spectrum } from './fourier.js';
import { matchValues } from './match-values.js';
import { NumpyRandom } from './numpy-random.js';

export interface NoiseStyle {
  /** How the strengths of frequencies are taken over; lower: more detail. */
  readonly falloff: number;
  /** Share of colour in the noise, 0…1. */
  readonly colour: number;
}

const channels = [0, 1, 2] as const;

/**
 * The masked part of a picture filled with noise that has the picture's own frequencies and colours (`get_matched_noise`). Both
 * RGB, their sides multiples of 64; `mask`: white is filled.
 */
export async function matchedNoise(image: Raster, mask: Raster, { falloff, colour }: NoiseStyle): Promise<Raster> {
  const grid: Grid = { rows: image.height, columns: image.width };
  const source = planesOf(image);
  const [share] = planesOf(mask) as [Float64Array];
  const seen = source.map((plane) => plane.map((value, at) => value * (1 - (share[at] as number))));
  const brightest = seen.reduce((most, plane) => plane.reduce((max, value) => Math.max(max, value), most), 0) || 1;
  const mean = meanOf(source);
  const noise = await plainNoise(grid, colour);
  const window = windowOf(grid);
  const shaped: Float64Array[] = [];
  for (const c of channels) {
    const shown = (seen[c] as Float64Array).map((value, at) => value / brightest + mean * (share[at] as number));
    shaped.push(await shape(noise[c] as Float64Array, await fourier(spectrumOf(shown), grid), window, { grid, falloff }));
  }
  return filled(source, share, normalised(shaped), image);
}

interface Shaping {
  readonly grid: Grid;
  readonly falloff: number;
}

/** Noise with its high frequencies dampened, then given strengths and phases of the picture. */
async function shape(noise: Float64Array, picture: Spectrum, window: Float64Array, { grid, falloff }: Shaping): Promise<Float64Array> {
  const raw = await fourier(spectrumOf(noise), grid);
  const dampened = {
    real: raw.real.map((value, at) => value * (window[at] as number)),
    imaginary: raw.imaginary.map((value, at) => value * (window[at] as number)),
  };
  const soft = await fourier(spectrumOf((await fourier(dampened, grid, true)).real), grid);
  const real = new Float64Array(noise.length);
  const imaginary = new Float64Array(noise.length);
  for (let at = 0; at < noise.length; at++) {
    const [re, im] = [picture.real[at] as number, picture.imaginary[at] as number];
    const strength = Math.hypot(re, im);
    const power = (soft.real[at] as number) ** 2 + (soft.imaginary[at] as number) ** 2;
    const factor = strength === 0 ? 0 : (power * strength ** falloff) / strength;
    real[at] = re * factor;
    imaginary[at] = im * factor;
  }
  return (await fourier({ real, imaginary }, grid, true)).real;
}

const spectrumOf = (real: Float64Array): Spectrum => ({ real, imaginary: new Float64Array(real.length) });

/** The same for every picture: only the seed of the job decides. */
async function plainNoise({ rows, columns }: Grid, colour: number): Promise<readonly Float64Array[]> {
  const random = new NumpyRandom();
  const planes = channels.map(() => new Float64Array(rows * columns));
  for (let at = 0; at < rows * columns; at++) {
    const drawn = [random.next(), random.next(), random.next()] as const;
    const grey = (drawn[0] + drawn[1] + drawn[2]) / 3;
    if (at % 10_000 === 0) await nextTurn();
    for (const c of channels) (planes[c] as Float64Array)[at] = drawn[c] * colour + (1 - colour) * grey;
  }
  return planes;
}

/** Highest in the middle; the longer side reaches further out. */
function windowOf({ rows, columns }: Grid): Float64Array {
  const shorter = Math.min(rows, columns);
  const place = (at: number, side: number): number => (((at / side) * 2 - 1) * side) / shorter;
  const window = new Float64Array(rows * columns);
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) window[y * columns + x] = 1 / ((place(y, rows) ** 2 + 1) * (place(x, columns) ** 2 + 1));
  return window;
}

/** 0…1 over all channels together. */
function normalised(planes: readonly Float64Array[]): readonly Float64Array[] {
  const lowest = planes.reduce((least, plane) => plane.reduce((min, value) => Math.min(min, value), least), Number.POSITIVE_INFINITY);
  const highest = planes.reduce((most, plane) => plane.reduce((max, value) => Math.max(max, value), most), Number.NEGATIVE_INFINITY);
  return planes.map((plane) => plane.map((value) => (value - lowest) / (highest - lowest || 1)));
}

function filled(source: readonly Float64Array[], share: Float64Array, noise: readonly Float64Array[], size: Raster): Raster {
  const painted = [...share.keys()].filter((at) => (share[at] as number) > 1e-6);
  const kept = [...share.keys()].filter((at) => (share[at] as number) < 1e-3);
  const out = new Uint8Array(3 * share.length);
  for (const c of channels) {
    const plane = source[c] as Float64Array;
    const rough = noise[c] as Float64Array;
    const matched = matchValues(
      Float64Array.from(painted, (at) => rough[at] as number),
      Float64Array.from(kept, (at) => plane[at] as number),
    );
    const mixed = rough.slice();
    for (const [index, at] of painted.entries()) mixed[at] = matched[index] as number;
    for (let at = 0; at < share.length; at++) {
      const alpha = share[at] as number;
      const value = (plane[at] as number) * (1 - alpha) + (mixed[at] as number) * alpha;
      out[3 * at + c] = Math.trunc(Math.min(1, Math.max(0, value)) * 255);
    }
  }
  return new Raster(out, { width: size.width, height: size.height, channels: 3 });
}

function meanOf(planes: readonly Float64Array[]): number {
  const sum = planes.reduce((total, plane) => plane.reduce((part, value) => part + value, total), 0);
  return sum / (3 * (planes[0] as Float64Array).length);
}

/** RGB bytes → 0…1, a plane for each channel. */
function planesOf(image: Raster): readonly Float64Array[] {
  const bytes = image.toBytes();
  return channels.map((c) => Float64Array.from({ length: bytes.length / 3 }, (_, at) => (bytes[3 * at + c] as number) / 255));
}
