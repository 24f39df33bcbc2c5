import type { Raster } from '@armature/sdk';
import { type Picture, rasterOf, sameSize, sizeOf } from '../pictures/picture.js';
import { comparison } from './comparison.js';
import type { MatcherContext, Verdict } from './matcher-context.js';

/** Are two pictures equal in every value? */
export function toBeIdenticalTo(this: MatcherContext, received: unknown, reference: Picture): Verdict {
  const actual = rasterOf(received, 'what was received');
  const expected = rasterOf(reference, 'the reference');
  if (!sameSize(actual, expected)) {
    return { pass: false, message: () => `expected a picture of ${sizeOf(expected)}, and it is ${sizeOf(actual)}` };
  }
  const lines = differences(expected, actual);
  return {
    pass: lines.length === 0,
    message: () =>
      this.isNot
        ? 'expected the picture to differ from the reference, and it is identical'
        : ['expected the picture to be identical to the reference:', ...lines, comparison(expected, actual, 'identical', this)].join('\n'),
  };
}

function differences(expected: Raster, actual: Raster): readonly string[] {
  const { width, height, channels } = expected;
  const [wanted, found] = [expected.toBytes(), actual.toBytes()];
  const pixels = new Set<number>();
  let most = 0;
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === found[i]) continue;
    pixels.add(Math.floor(i / channels));
    most = Math.max(most, Math.abs((wanted[i] as number) - (found[i] as number)));
  }
  const [first] = pixels;
  if (first === undefined) return [];
  const at = (bytes: Uint8Array): string => `(${bytes.subarray(first * channels, (first + 1) * channels).join(', ')})`;
  return [
    `  ${pixels.size} of ${width * height} pixels differ, a value by at most ${most}`,
    `  the first is x ${first % width}, y ${Math.floor(first / width)}: expected ${at(wanted)}, found ${at(found)}`,
  ];
}
