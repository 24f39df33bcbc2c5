const luminosity = (red: number, green: number, blue: number): number => red * 0.299 + green * 0.587 + blue * 0.114;

/**
 * Colours of `colours` with the luminosity of `original`, pixels `start` to `end` of RGB bytes, into `to`: the
 * non-separable blend mode of the W3C's Compositing and Blending, truncated to bytes as the package `blendmodes` does.
 */
export function blendLuminosity(colours: Uint8Array, original: Uint8Array, to: Uint8Array, start: number, end: number): void {
  for (let at = 3 * start; at < 3 * end; at += 3) {
    let red = (colours[at] as number) / 255;
    let green = (colours[at + 1] as number) / 255;
    let blue = (colours[at + 2] as number) / 255;
    const wanted = luminosity((original[at] as number) / 255, (original[at + 1] as number) / 255, (original[at + 2] as number) / 255);
    const shift = wanted - luminosity(red, green, blue);
    red += shift;
    green += shift;
    blue += shift;
    const light = luminosity(red, green, blue);
    const least = Math.min(red, green, blue);
    const most = Math.max(red, green, blue);
    if (least < 0) [red, green, blue] = [red, green, blue].map((c) => light + ((c - light) * light) / (light - least)) as Triple;
    if (most > 1) [red, green, blue] = [red, green, blue].map((c) => light + ((c - light) * (1 - light)) / (most - light)) as Triple;
    to[at] = 255 * clip(red);
    to[at + 1] = 255 * clip(green);
    to[at + 2] = 255 * clip(blue);
  }
}

type Triple = [number, number, number];
const clip = (value: number): number => Math.min(1, Math.max(0, value));
