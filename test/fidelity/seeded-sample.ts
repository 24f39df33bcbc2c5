import { Seeded } from '../server/seeded.js';

/** Some of many, the same every time; another seed gives others. */
export function seededSample<T>(items: readonly T[], count: number, seed = Number(process.env.FIDELITY_SEED ?? 7)): readonly T[] {
  const random = new Seeded(seed);
  const keyed = items.map((item) => [random.next(), item] as const);
  return keyed
    .sort(([a], [b]) => a - b)
    .slice(0, count)
    .map(([, item]) => item);
}
