/** σ between two levels of a schedule, linear in log σ; float32. Positions outside count as the ends. */
export function interpolateLevel(logSigmas: Float32Array, position: number): number {
  const { fround } = Math;
  const wanted = fround(Math.min(Math.max(position, 0), logSigmas.length - 1));
  const low = Math.floor(wanted);
  const weight = fround(wanted - low);
  const below = fround(fround(1 - weight) * (logSigmas[low] as number));
  return fround(Math.exp(fround(below + fround(weight * (logSigmas[Math.ceil(wanted)] as number)))));
}
