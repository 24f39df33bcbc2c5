import type { Raster } from '@armature/sdk';
import { fitMask, overlap, referenceMasks } from './shape-masks.js';

type Rgb = readonly [number, number, number];

/** The colour names of the tiny model's captions. */
const palette: Readonly<Record<string, Rgb>> = {
  red: [220, 40, 40],
  orange: [245, 140, 30],
  yellow: [250, 220, 50],
  green: [45, 160, 70],
  blue: [40, 85, 215],
  purple: [140, 60, 180],
  pink: [250, 150, 195],
  brown: [130, 80, 45],
  black: [22, 22, 25],
  white: [248, 248, 246],
  gray: [135, 138, 142],
  cyan: [50, 205, 210],
};
const names = Object.keys(palette);
const references = referenceMasks();
/** Colour distance from the background at which a pixel belongs to an object. */
const unlike = 45;

export interface Verdict {
  readonly background: string;
  readonly colour: string | undefined;
  readonly shape: string | undefined;
}

/** What one picture shows: the colour of its rim, and colour and best-fitting shape of its largest blob. */
export function judgePicture(picture: Raster): Verdict {
  const { width, height } = picture;
  const bytes = picture.toBytes();
  const pixel = (i: number): Rgb => [bytes[i * 3] as number, bytes[i * 3 + 1] as number, bytes[i * 3 + 2] as number];
  const all = Array.from({ length: width * height }, (_, i) => i);
  const onRim = (i: number): boolean => {
    const x = i % width;
    const y = Math.floor(i / width);
    return Math.min(x, y, width - 1 - x, height - 1 - y) < Math.max(2, Math.floor(height / 32));
  };
  const background = commonest(all.filter(onRim).map((i) => nearestName(pixel(i))));
  const ground = mean(all.map(pixel).filter((rgb) => nearestName(rgb) === background));
  const blob = largestBlob(new Set(all.filter((i) => distance(pixel(i), ground) > unlike)), width);
  if (blob.size === 0) return { background, colour: undefined, shape: undefined };
  const core = [...blob].filter((i) => [i - 2, i + 2, i - 2 * width, i + 2 * width].every((near) => blob.has(near)));
  const colour = commonest((core.length > 0 ? core : [...blob]).map((i) => nearestName(pixel(i))));
  const mask = fitMask((x, y) => blob.has(y * width + x), width, height);
  const ranked = [...references]
    .map(([name, reference]) => [name, mask ? overlap(mask, reference) : 0] as const)
    .sort((a, b) => b[1] - a[1]);
  return { background, colour, shape: ranked[0]?.[0] };
}

const distance = (a: Rgb, b: Rgb): number => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

/** Greens weigh a little more, as the eye has it. */
function nearestName([r, g, b]: Rgb): string {
  const gap = (name: string): number => {
    const [pr, pg, pb] = palette[name] as Rgb;
    return 0.9 * (r - pr) ** 2 + 1.2 * (g - pg) ** 2 + 0.8 * (b - pb) ** 2;
  };
  return names.reduce((best, name) => (gap(name) < gap(best) ? name : best));
}

function commonest(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), ['', 0])[0];
}

function mean(values: readonly Rgb[]): Rgb {
  const sum = values.reduce<Rgb>((total, rgb) => [total[0] + rgb[0], total[1] + rgb[1], total[2] + rgb[2]], [0, 0, 0]);
  return [sum[0] / values.length, sum[1] / values.length, sum[2] / values.length];
}

/** The largest set of pixels that touch side by side. */
function largestBlob(pixels: Set<number>, width: number): ReadonlySet<number> {
  let largest: ReadonlySet<number> = new Set();
  const left = new Set(pixels);
  for (const start of pixels) {
    if (!left.delete(start)) continue;
    const blob = new Set([start]);
    for (const i of blob) {
      const sides = [i % width > 0 ? i - 1 : -1, (i + 1) % width > 0 ? i + 1 : -1, i - width, i + width];
      for (const near of sides) if (left.delete(near)) blob.add(near);
    }
    if (blob.size > largest.size) largest = blob;
  }
  return largest;
}
