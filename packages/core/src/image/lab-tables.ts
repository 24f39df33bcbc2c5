/** sRGB bytes → linear light in 1/2040. */
export const LINEAR = Int32Array.from({ length: 256 }, (_, byte) => {
  const value = byte / 255;
  return Math.round(2040 * (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
});

/** OpenCV makes this table in float32; its value differs where the exact one lies all but on a half. */
const NEAR_HALF: Readonly<Record<number, number>> = { 49: 9454, 628: 22126 };

/** Linear light in 1/2040 → the function f of CIE L*a*b*, 15 fraction bits. */
export const CUBE_ROOT = Int32Array.from({ length: 3072 }, (_, i) => {
  const value = i / 2040;
  return NEAR_HALF[i] ?? Math.round(32768 * (value < 216 / 24389 ? (value * 841) / 108 + 16 / 116 : Math.cbrt(value)));
});

/** One of f, 14 fraction bits. */
export const ONE = 16384;

/** L in 0…255 → f(Y), 14 fraction bits. */
export const F_OF_L = Int32Array.from({ length: 256 }, (_, l) =>
  Math.round(l <= 20 ? ONE * (16 / 116 + (l * 5) / (3 * 17 * 29)) : (l * 100 * ONE) / (255 * 116) + (16 * ONE) / 116),
);

/** L in 0…255 → Y, 14 fraction bits. */
export const Y_OF_L = Int32Array.from({ length: 256 }, (_, l) => {
  if (l <= 20) return Math.round((l * ONE * 20 * 9) / (17 * 29 ** 3));
  return Math.round(((l * 100 * ONE) / (255 * 116) + (16 * ONE) / 116) ** 3 / (ONE * ONE));
});

/** f(X) or f(Z) → X or Z, both with 14 fraction bits; the line near black in OpenCV's whole numbers. */
export function cubed(f: number): number {
  if (f <= 3390) return Math.trunc((f * 108) / 841) - 290;
  return Math.trunc((Math.trunc((f * f) / ONE) * f) / ONE);
}

/** Linear light, 12 fraction bits → sRGB bytes. */
export const GAMMA = Uint8Array.from({ length: 4096 }, (_, i) => {
  const value = i / 4096;
  return Math.round(255 * (value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055));
});

/** Rows X, Y, Z from R, G, B, over the white of D65; 12 fraction bits. */
export const TO_XYZ = [
  [1777, 1541, 778],
  [871, 2929, 296],
  [73, 448, 3575],
] as const;

/** Rows R, G, B from X, Y, Z, times the white of D65; 12 fraction bits. */
export const TO_RGB = [
  [12615, -6296, -2223],
  [-3773, 7684, 185],
  [217, -836, 4715],
] as const;
