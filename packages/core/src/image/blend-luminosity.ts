const luminosity = (red: number, green: number, blue: number): number => red * 0.299 + green * 0.587 + blue * 0.114;

/** A colour component drawn towards grey so far that the component which lies outside 0…1 reaches its bound. */
const drawIn = (value: number, grey: number, room: number, reach: number): number => grey + ((value - grey) * room) / reach;

const toByte = (value: number): number => 255 * (value < 0 ? 0 : value > 1 ? 1 : value);

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
    const grey = luminosity(red, green, blue);
    const least = Math.min(red, green, blue);
    const most = Math.max(red, green, blue);
    if (least < 0) {
      red = drawIn(red, grey, grey, grey - least);
      green = drawIn(green, grey, grey, grey - least);
      blue = drawIn(blue, grey, grey, grey - least);
    }
    if (most > 1) {
      red = drawIn(red, grey, 1 - grey, most - grey);
      green = drawIn(green, grey, 1 - grey, most - grey);
      blue = drawIn(blue, grey, 1 - grey, most - grey);
    }
    to[at] = toByte(red);
    to[at + 1] = toByte(green);
    to[at + 2] = toByte(blue);
  }
}
