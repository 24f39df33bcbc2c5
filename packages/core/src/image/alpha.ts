/** x / 255 rounded to nearest, for 0 ≤ x ≤ 255² (Pillow's `DIV255`). */
export function divide255(value: number): number {
  const rounded = value + 128;
  return ((rounded >> 8) + rounded) >> 8;
}

/** Multiplies the colours of RGBA bytes by their alpha, pixels `start` to `end`, in place (Pillow's mode `RGBa`). */
export function premultiply(data: Uint8Array, start: number, end: number): void {
  for (let at = 4 * start; at < 4 * end; at += 4) {
    const alpha = data[at + 3] as number;
    if (alpha === 255) continue;
    for (let c = at; c < at + 3; c++) data[c] = divide255((data[c] as number) * alpha);
  }
}

/** The way back, in place; colours without alpha stay as they are. */
export function unpremultiply(data: Uint8Array, start: number, end: number): void {
  for (let at = 4 * start; at < 4 * end; at += 4) {
    const alpha = data[at + 3] as number;
    if (alpha === 0 || alpha === 255) continue;
    for (let c = at; c < at + 3; c++) data[c] = Math.min(255, Math.trunc((255 * (data[c] as number)) / alpha));
  }
}
