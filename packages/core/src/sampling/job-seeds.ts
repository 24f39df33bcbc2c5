export interface JobSeeds {
  /** One for each picture of the job. */
  readonly seeds: readonly number[];
  readonly subseeds: readonly number[];
}

/**
 * Seeds of all pictures of a job: they count up from the first one. With a subseed strength the seed stays and only
 * the subseed counts up, so that the pictures are variations of one (the reference's `all_seeds`).
 */
export function jobSeeds(job: {
  readonly seed: number;
  readonly subseed: number;
  readonly subseedStrength: number;
  readonly count: number;
}): JobSeeds {
  const places = Array.from({ length: job.count }, (_, place) => place);
  return {
    seeds: Object.freeze(places.map((place) => (job.subseedStrength === 0 ? job.seed + place : job.seed))),
    subseeds: Object.freeze(places.map((place) => job.subseed + place)),
  };
}
