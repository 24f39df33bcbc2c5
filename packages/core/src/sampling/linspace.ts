/**
 * `torch.linspace`: `count` values from `start` to `end`, the second half counted back from the end. Every operation is
 * rounded by `round`, to float32 unless told otherwise.
 */
export function linspace(start: number, end: number, count: number, round: (value: number) => number = Math.fround): number[] {
  const from = round(start);
  const to = round(end);
  const step = count > 1 ? round(round(to - from) / (count - 1)) : 0;
  return Array.from({ length: count }, (_, i) =>
    i < count / 2 ? round(from + round(step * i)) : round(to - round(step * (count - 1 - i))),
  );
}
