import { Raster } from '@armature/sdk';
import { type Colour, type ColourName, colourDistance, hexOf, isColourName, nearestName, parseColour } from '../pictures/colour.js';
import { dominantColour } from '../pictures/dominant-colour.js';
import { writeFailurePicture } from '../pictures/failure-picture.js';
import { rasterOf } from '../pictures/picture.js';
import { sideBySide } from '../pictures/side-by-side.js';
import type { MatcherContext, Verdict } from './matcher-context.js';

/** Distance in CIELAB at which a colour still counts as the one asked for by its code. */
const defaultTolerance = 15;

/**
 * Is this the colour that most of a picture has? A name holds when the colour is nearer to it than to any other name; a
 * code, or a name with a tolerance, when the colour is at most that far from it in CIELAB.
 */
export function toHaveDominantColour(
  this: MatcherContext,
  received: unknown,
  wanted: ColourName | `#${string}`,
  tolerance?: number,
): Verdict {
  const actual = rasterOf(received, 'what was received');
  const target = parseColour(wanted);
  const { colour, share } = dominantColour(actual);
  const name = nearestName(colour);
  const distance = colourDistance(colour, target);
  const byName = isColourName(wanted) && tolerance === undefined;
  const limit = tolerance ?? defaultTolerance;
  const found = `${hexOf(colour)}, which is ${name} (${Math.round(share * 100)} % of the pixels)`;
  return {
    pass: byName ? name === wanted : distance <= limit,
    message: () => {
      if (this.isNot) return `expected the dominant colour not to be ${wanted}, and it is ${found}`;
      const off = byName ? '' : `, ${distance.toFixed(1)} from it and not at most ${limit}`;
      const seen = sideBySide([swatch(target, actual.height), actual, swatch(colour, actual.height)]);
      const path = writeFailurePicture(seen, 'dominant-colour', this);
      return `expected the dominant colour to be ${wanted}, and it is ${found}${off}\n  expected | actual | its dominant colour: ${path}`;
    },
  };
}

function swatch(colour: Colour, height: number): Raster {
  const bytes = Array.from({ length: 32 * height * 3 }, (_, i) => Math.round(colour[i % 3] as number));
  return new Raster(bytes, { width: 32, height, channels: 3 });
}
