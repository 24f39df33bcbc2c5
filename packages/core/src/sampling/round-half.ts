/** The nearest half-precision number; ties go to the even one. */
export function roundHalf(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), -14);
  const unit = 2 ** (exponent - 10);
  const units = value / unit;
  const below = Math.floor(units);
  const rounded = units - below === 0.5 ? below + (below % 2) : Math.round(units);
  return Math.abs(rounded * unit) > 65_504 ? Math.sign(value) * Number.POSITIVE_INFINITY : rounded * unit;
}
