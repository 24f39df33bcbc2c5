/** x / 255 rounded to nearest, for 0 ≤ x ≤ 255² (Pillow's `DIV255`). */
export function divide255(value: number): number {
  const rounded = value + 128;
  return ((rounded >> 8) + rounded) >> 8;
}

/** RGBA bytes → colours times alpha (Pillow's mode `RGBa`). */
export function premultiply(data: Uint8Array): Uint8Array {
  const out = data.slice();
  for (let i = 0; i < out.length; i += 4) {
    const alpha = data[i + 3] as number;
    if (alpha === 255) continue;
    for (let c = i; c < i + 3; c++) out[c] = divide255((data[c] as number) * alpha);
  }
  return out;
}

/** The way back; colours without alpha stay as they are. */
export function unpremultiply(data: Uint8Array): Uint8Array {
  const out = data.slice();
  for (let i = 0; i < out.length; i += 4) {
    const alpha = data[i + 3] as number;
    if (alpha === 0 || alpha === 255) continue;
    for (let c = i; c < i + 3; c++) out[c] = Math.min(255, Math.trunc((255 * (data[c] as number)) / alpha));
  }
  return out;
}
