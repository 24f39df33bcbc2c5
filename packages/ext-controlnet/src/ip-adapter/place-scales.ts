import { type Latent, Tensor } from '@armature/sdk';
import type { ControlUnit } from '../units/control-unit.js';
import type { AttentionPlace } from './attention-places.js';

interface Strength {
  readonly unit: ControlUnit;
  /** Where it works, [1,1,h,w]. */
  readonly region: Tensor;
}

/** How strongly each cross-attention sees the picture: [1,1,1], or [1,pixels,1] where a region says so. */
export function placeScales({ unit, region }: Strength, places: readonly AttentionPlace[], latent: Latent): readonly Tensor[] {
  const own = Array.isArray(unit.advanced_weighting) ? (unit.advanced_weighting as readonly number[]) : undefined;
  const levels = new Map<number, Tensor>();
  const regionAt = (level: number): Tensor => {
    const side = (length: number): number => Math.ceil(length / 2 ** level);
    const known = levels.get(level) ?? spread(region, side(latent.height), side(latent.width));
    levels.set(level, known);
    return known;
  };
  return places.map(({ transformer, level }) => regionAt(level).scale(own?.[transformer] ?? unit.weight));
}

/** A region at the size of a level, bilinear as `torch.nn.functional.interpolate` does it; one value stays one. */
function spread(region: Tensor, height: number, width: number): Tensor {
  const [, , rows = 1, columns = 1] = region.shape;
  if (rows === 1 && columns === 1) return new Tensor([region.at(0)], [1, 1, 1]);
  const place = (at: number, from: number, to: number) => Math.max(0, ((at + 0.5) * from) / to - 0.5);
  const values = new Float32Array(height * width);
  for (let y = 0; y < height; y++) {
    const down = place(y, rows, height);
    const [top, bottom] = [Math.floor(down), Math.min(rows - 1, Math.floor(down) + 1)];
    for (let x = 0; x < width; x++) {
      const across = place(x, columns, width);
      const [left, right] = [Math.floor(across), Math.min(columns - 1, Math.floor(across) + 1)];
      const line = (row: number): number =>
        region.at(row * columns + left) * (1 - (across - left)) + region.at(row * columns + right) * (across - left);
      values[y * width + x] = line(top) * (1 - (down - top)) + line(bottom) * (down - top);
    }
  }
  return new Tensor(values, [1, height * width, 1]);
}
