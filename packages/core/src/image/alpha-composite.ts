/** Fraction bits Pillow keeps while it divides. */
const PRECISION = 7;

/** v / 255 where v carries the half already and `bits` fraction bits. */
const shift255 = (value: number): number => ((value >> 8) + value) >> 8;

/**
 * Puts RGBA `over` onto RGBA `under`, pixels `start` to `end`, in place: Pillow's `alpha_composite` with its integer
 * arithmetic.
 */
export function alphaComposite(under: Uint8Array, over: Uint8Array, start: number, end: number): void {
  for (let at = start * 4; at < end * 4; at += 4) {
    const alpha = over[at + 3] as number;
    if (alpha === 0) continue;
    const weight = alpha * 255 + (under[at + 3] as number) * (255 - alpha);
    const near = Math.floor((alpha * 255 * 255 * (1 << PRECISION)) / weight);
    const far = 255 * (1 << PRECISION) - near;
    for (let c = at; c < at + 3; c++) {
      const mixed = (over[c] as number) * near + (under[c] as number) * far + (128 << PRECISION);
      under[c] = shift255(mixed) >> PRECISION;
    }
    under[at + 3] = shift255(weight + 128);
  }
}
