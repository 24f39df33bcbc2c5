import { randomInt } from 'node:crypto';

/** −1 draws a seed of 0…2³²−3, as the reference's `get_fixed_seed`; anything else is the seed. */
export const fixSeed = (seed: number): number => (seed === -1 ? randomInt(4294967294) : seed);
