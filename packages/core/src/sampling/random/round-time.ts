/** Python's `round(time, 6)`: exact ties go to the even neighbour. Only odd multiples of 1/128 can be exact ties. */
export function roundTime(time: number): number {
  if (!Number.isInteger(time * 128)) return Number(time.toFixed(6));
  const millionths = time * 1e6;
  const below = Math.floor(millionths);
  if (millionths - below !== 0.5) return Number(time.toFixed(6));
  return (below % 2 === 0 ? below : below + 1) / 1e6;
}
