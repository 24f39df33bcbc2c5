import type { Size } from './plate.js';

export const sides = ['left', 'right', 'up', 'down'] as const;

/** Pixels added on each side. */
export type Added = Readonly<Record<(typeof sides)[number], number>>;

/** Sides grow to multiples of 64; what that takes is shared between the two ends that grow. */
export function enlarged(given: Size, pixels: number, direction: readonly string[]): { readonly size: Size; readonly added: Added } {
  const wanted = (side: keyof Added): number => (direction.includes(side) ? pixels : 0);
  const up64 = (side: number): number => Math.ceil(side / 64) * 64;
  const size = {
    width: up64(given.width + wanted('left') + wanted('right')),
    height: up64(given.height + wanted('up') + wanted('down')),
  };
  const [wide, high] = [size.width - given.width, size.height - given.height];
  const left = wanted('left') > 0 ? Math.floor((pixels * wide) / (pixels + wanted('right'))) : 0;
  const up = wanted('up') > 0 ? Math.floor((pixels * high) / (pixels + wanted('down'))) : 0;
  return { size, added: { left, up, right: wanted('right') > 0 ? wide - left : 0, down: wanted('down') > 0 ? high - up : 0 } };
}
