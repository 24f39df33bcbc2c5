import type { JobInfo } from '@armature/sdk';

/**
 * What modules draw by: seed and subseed added, as the original does. One that is to be drawn counts as the seed of the job's
 * first picture, so that an unset subseed doubles the seed.
 */
export function unitSeed({ request }: JobInfo, first: number): number {
  const [seed, subseed] = [request.seed, request.subseed].map((value) => (value === -1 ? first : Math.max(0, value)));
  return (seed! + subseed!) % 2 ** 32;
}
