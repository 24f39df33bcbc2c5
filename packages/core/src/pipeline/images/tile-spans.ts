/** A tile along one axis: where it begins, and how much its result counts at each of its positions. */
export interface TileSpan {
  readonly start: number;
  readonly length: number;
  /** `factor` for each position of the tile. */
  readonly weights: Float32Array;
}

/** Neighbours share this part of a tile. */
const OVERLAP = 0.25;

/**
 * Tiles of `side` over `length`, evenly spread, neighbours overlapping by a quarter of a tile or more. Over the overlap one fades
 * into the other in a straight line, so that no seam is steeper than their difference over its width; the weights of all tiles add
 * up to 1 at each of the `length` × `factor` positions of the result.
 */
export function tileSpans(length: number, side: number, factor: number): readonly TileSpan[] {
  if (length <= side) return [{ start: 0, length, weights: new Float32Array(length * factor).fill(1) }];
  const shared = Math.floor(side * OVERLAP);
  const count = Math.ceil((length - shared) / (side - shared));
  const starts = Array.from({ length: count }, (_, at) => Math.round((at * (length - side)) / (count - 1)));
  const raw = starts.map((start, at) => {
    const before = at === 0 ? 0 : ((starts[at - 1] as number) + side - start) * factor;
    const after = at === count - 1 ? 0 : (start + side - (starts[at + 1] as number)) * factor;
    return fading(side * factor, before, after);
  });
  const sums = new Float32Array(length * factor);
  for (const [at, weights] of raw.entries()) {
    const from = (starts[at] as number) * factor;
    for (const [position, weight] of weights.entries()) sums[from + position] = (sums[from + position] as number) + weight;
  }
  return starts.map((start, at) => ({
    start,
    length: side,
    // More than two tiles may share a place.
    weights: (raw[at] as Float32Array).map((weight, position) => weight / (sums[start * factor + position] as number)),
  }));
}

/** Rises over `before` positions and falls over the last `after`. */
const fading = (length: number, before: number, after: number): Float32Array =>
  Float32Array.from({ length }, (_, position) => {
    const rising = position < before ? (position + 0.5) / before : 1;
    const falling = length - position <= after ? (length - position - 0.5) / after : 1;
    return Math.min(rising, falling);
  });
