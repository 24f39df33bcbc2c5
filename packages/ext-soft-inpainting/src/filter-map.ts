import { setImmediate as nextTurn } from 'node:timers/promises';

/** One number a cell, row by row. */
export interface CellMap {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** The part of the sorted neighbourhood that is averaged, as shares of its weight: 0.25 to 0.75 is a soft median. */
export interface FilterWindow {
  readonly from: number;
  readonly to: number;
}

const reach = 2;
const side = 2 * reach + 1;
const spread = 1.5;
/** Weight that a window has at least. */
const narrowest = 1;
/** Cells between two pauses: some milliseconds. */
const pause = 2000;

/** exp(−d² / 1.5²), lowered to 0 at a distance of 3 cells and raised to 1 in the middle. */
const weights = Float64Array.from({ length: side * side }, (_, index) => {
  const bell = (squared: number): number => Math.exp(-squared / (spread * spread));
  const [x, y] = [(index % side) - reach, Math.floor(index / side) - reach];
  const edge = bell((reach + 1) ** 2);
  return Math.max(0, (bell(x * x + y * y) - edge) / (1 - edge));
});

/** The neighbourhood of a cell, sorted by value. */
class Neighbours {
  readonly #values = new Float64Array(side * side);
  readonly #weights = new Float64Array(side * side);
  #count = 0;
  #total = 0;

  gather({ values, width, height }: CellMap, x: number, y: number): void {
    this.#count = 0;
    this.#total = 0;
    for (let at = Math.max(0, y - reach); at <= Math.min(height - 1, y + reach); at++) {
      for (let from = Math.max(0, x - reach); from <= Math.min(width - 1, x + reach); from++) {
        this.#insert(values[at * width + from] as number, weights[(at - y + reach) * side + from - x + reach] as number);
      }
    }
  }

  #insert(value: number, weight: number): void {
    let at = this.#count++;
    for (; at > 0 && (this.#values[at - 1] as number) > value; at--) {
      this.#values[at] = this.#values[at - 1] as number;
      this.#weights[at] = this.#weights[at - 1] as number;
    }
    this.#values[at] = value;
    this.#weights[at] = weight;
    this.#total += weight;
  }

  /** Mean of the window, each value weighted by how far it lies in it. */
  mean(window: FilterWindow): number {
    const [low, high] = this.#bounds(window);
    let [sum, total, below] = [0, 0, 0];
    for (let i = 0; i < this.#count && high > below; i++) {
      const above = below + (this.#weights[i] as number);
      const share = Math.min(high, above) - Math.max(low, below);
      if (share > 0) {
        sum += (this.#values[i] as number) * share;
        total += share;
      }
      below = above;
    }
    return total === 0 ? 0 : sum / total;
  }

  #bounds({ from, to }: FilterWindow): readonly [low: number, high: number] {
    const [low, high] = [this.#total * from, this.#total * to];
    if (high - low >= narrowest) return [low, high];
    const middle = (low + high) / 2;
    if (middle - narrowest / 2 < 0) return [0, narrowest];
    const top = Math.min(this.#total, middle + narrowest / 2);
    return top - narrowest < 0 ? [0, narrowest] : [top - narrowest, top];
  }
}

/** Each cell becomes the mean of a window of its sorted neighbourhood of 5×5 cells (`weighted_histogram_filter`). */
export async function filterMap(map: CellMap, window: FilterWindow): Promise<CellMap> {
  const values = new Float32Array(map.values.length);
  const neighbours = new Neighbours();
  for (let cell = 0; cell < values.length; cell++) {
    if (cell % pause === pause - 1) await nextTurn();
    neighbours.gather(map, cell % map.width, Math.floor(cell / map.width));
    values[cell] = neighbours.mean(window);
  }
  return { ...map, values };
}
