/** 8-bit sRGB. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Names that people tell apart at a glance, each with a colour from the middle of what they call so. */
const namedColours = {
  black: [20, 20, 24],
  grey: [132, 134, 138],
  white: [248, 248, 246],
  red: [215, 40, 40],
  orange: [245, 140, 30],
  yellow: [250, 220, 50],
  green: [40, 160, 65],
  cyan: [50, 205, 210],
  blue: [40, 80, 215],
  purple: [140, 55, 180],
  pink: [250, 150, 195],
  brown: [130, 80, 45],
} as const satisfies Readonly<Record<string, Colour>>;

export type ColourName = keyof typeof namedColours;

export const isColourName = (text: string): text is ColourName => Object.hasOwn(namedColours, text);

/** @throws RangeError for a text that is neither a name nor `#rrggbb` */
export function parseColour(text: string): Colour {
  if (isColourName(text)) return namedColours[text];
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text);
  if (!hex) throw new RangeError(`${JSON.stringify(text)} is no colour; write #rrggbb or one of ${Object.keys(namedColours).join(', ')}`);
  return [Number.parseInt(hex[1] as string, 16), Number.parseInt(hex[2] as string, 16), Number.parseInt(hex[3] as string, 16)];
}

export const hexOf = (colour: Colour): string => `#${colour.map((value) => Math.round(value).toString(16).padStart(2, '0')).join('')}`;

/** CIELAB of an sRGB colour, D65 (IEC 61966-2-1, CIE 15). */
function lab(colour: Colour): readonly [number, number, number] {
  const [r, g, b] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27 / 116) * t + 16 / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** Distance in CIELAB (CIE 1976): 2 is just seen, 100 is black to white. */
export function colourDistance(a: Colour, b: Colour): number {
  const [left, right] = [lab(a), lab(b)];
  return Math.hypot(left[0] - right[0], left[1] - right[1], left[2] - right[2]);
}

/** What people would call a colour. */
export function nearestName(colour: Colour): ColourName {
  const names = Object.keys(namedColours) as ColourName[];
  return names.reduce((best, name) =>
    colourDistance(colour, namedColours[name]) < colourDistance(colour, namedColours[best]) ? name : best,
  );
}
