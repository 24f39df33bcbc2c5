import { seedSequence } from './seed-sequence.js';

export interface BrownianTreeOptions {
  readonly from: number;
  readonly to: number;
  readonly entropy: number | bigint;
  /** Unit noise of one picture from a seed. */
  draw(seed: number): Float32Array;
}

interface Node {
  readonly start: number;
  readonly end: number;
  /** Brownian increment over the interval, made when it is first needed. */
  increment: Float32Array | undefined;
  readonly parent: Node | undefined;
  readonly depth: number;
  /** Position among the nodes of its depth. */
  readonly index: bigint;
  children: { readonly middle: number; readonly left: Node; readonly right: Node } | undefined;
}

/**
 * torchsde 0.2's `BrownianTree`: a Brownian path over an interval that answers any query in any order the same way.
 * Intervals halve until the query's ends are split points (times are rounded to 6 decimals); each split's noise comes
 * from a seed that depends on its place in the tree alone.
 */
export class BrownianTree {
  readonly #options: BrownianTreeOptions;
  readonly #root: Node;

  constructor(options: BrownianTreeOptions) {
    this.#options = options;
    const start = roundTime(Math.min(options.from, options.to));
    const end = roundTime(Math.max(options.from, options.to));
    const scale = Math.sqrt(end - start);
    const increment = scaled(options.draw(seedSequence(options.entropy, [])), scale);
    this.#root = { start, end, increment, parent: undefined, depth: 0, index: 0n, children: undefined };
  }

  /** W(b) − W(a), negated when a > b. Times outside the interval count as its ends. */
  increment(a: number, b: number): Float32Array {
    const low = this.#clamp(Math.min(a, b));
    const high = this.#clamp(Math.max(a, b));
    const nodes: Node[] = [];
    this.#cover(this.#root, low, high, nodes);
    let sum = new Float32Array(this.#valueOf(this.#root).length);
    for (const [i, node] of nodes.entries()) {
      const value = this.#valueOf(node);
      sum = i === 0 ? value.slice() : sum.map((part, at) => part + (value[at] as number));
    }
    return a > b ? sum.map((value) => -value) : sum;
  }

  #clamp(time: number): number {
    return Math.min(this.#root.end, Math.max(this.#root.start, roundTime(time)));
  }

  /** Collects, from left to right, the largest nodes that fill low…high; splits on the way down. */
  #cover(node: Node, low: number, high: number, nodes: Node[]): void {
    if (low >= high) return;
    if (low === node.start && high === node.end) {
      nodes.push(node);
      return;
    }
    node.children ??= split(node);
    const { middle, left, right } = node.children;
    this.#cover(left, low, Math.min(high, middle), nodes);
    this.#cover(right, Math.max(low, middle), high, nodes);
  }

  #valueOf(node: Node): Float32Array {
    node.increment ??= this.#bridge(node);
    return node.increment;
  }

  /** The Brownian bridge: a half of the parent's increment given the whole. */
  #bridge(node: Node): Float32Array {
    const { parent } = node;
    if (!parent?.children) throw new Error('a Brownian node without a parent has its increment from the start');
    const { middle, left } = parent.children;
    const whole = this.#valueOf(parent);
    if (node !== left) {
      const leftPart = this.#valueOf(left);
      return whole.map((value, i) => value - (leftPart[i] as number));
    }
    const perWidth = 1 / (parent.end - parent.start);
    const toMiddle = middle - parent.start;
    const deviation = Math.sqrt(toMiddle * (parent.end - middle) * perWidth);
    const noise = this.#options.draw(seedSequence(this.#options.entropy, [parent.index, parent.depth]));
    const mean = scaled(scaled(whole, toMiddle), perWidth);
    return mean.map((value, i) => value + Math.fround(Math.fround(deviation) * (noise[i] as number)));
  }
}

function split(node: Node): NonNullable<Node['children']> {
  const middle = roundTime(0.5 * (node.end + node.start));
  const child = (start: number, end: number, index: bigint): Node => ({
    start,
    end,
    increment: undefined,
    parent: node,
    depth: node.depth + 1,
    index,
    children: undefined,
  });
  return { middle, left: child(node.start, middle, 2n * node.index), right: child(middle, node.end, 2n * node.index + 1n) };
}

const scaled = (values: Float32Array, factor: number): Float32Array => values.map((value) => value * Math.fround(factor));

/** Python's `round(time, 6)`: exact ties go to the even neighbour. Only multiples of 1/128 can be exact ties. */
function roundTime(time: number): number {
  const rounded = Number(time.toFixed(6));
  const millionths = time * 1e6;
  if (!Number.isInteger(time * 128) || Math.abs(millionths % 1) !== 0.5) return rounded;
  const below = Math.floor(millionths);
  return (below % 2 === 0 ? below : below + 1) / 1e6;
}
