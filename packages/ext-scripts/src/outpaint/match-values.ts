/** Values given the distribution of others, each keeping its rank (`skimage.exposure.match_histograms`, one channel). */
export function matchValues(values: Float64Array, template: Float64Array): Float64Array {
  const source = distributionOf(values);
  const wanted = distributionOf(template);
  const matched = new Map<number, number>();
  let at = 0;
  for (const [index, value] of source.values.entries()) {
    const quantile = source.quantiles[index] as number;
    while (at < wanted.quantiles.length && (wanted.quantiles[at] as number) < quantile) at++;
    matched.set(value, between(wanted, at, quantile));
  }
  return values.map((value) => matched.get(value) as number);
}

interface Distribution {
  /** Every value there is, ascending. */
  readonly values: readonly number[];
  /** Share of all that is not above it. */
  readonly quantiles: readonly number[];
}

function distributionOf(all: Float64Array): Distribution {
  const sorted = Float64Array.from(all).sort();
  const values: number[] = [];
  const quantiles: number[] = [];
  for (let at = 0; at < sorted.length; at++) {
    if (sorted[at] === sorted[at + 1]) continue;
    values.push(sorted[at] as number);
    quantiles.push((at + 1) / sorted.length);
  }
  return { values, quantiles };
}

/** `at`: the first quantile that is not below the one asked for. */
function between({ values, quantiles }: Distribution, at: number, quantile: number): number {
  const [high, low] = [quantiles[at], quantiles[at - 1]];
  if (low === undefined) return values[0] as number;
  if (high === undefined) return values.at(-1) as number;
  const [from, to] = [values[at - 1] as number, values[at] as number];
  return from + ((to - from) / (high - low)) * (quantile - low);
}
