import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { roundTime } from './round-time.js';
import { seedSequence } from './seed-sequence.js';

export interface BrownianTreeOptions {
  readonly from: number;
  readonly to: number;
  readonly entropy: number | bigint;
  /** Unit noise of one picture from a seed. */
  draw(seed: number): Float32Array;
}

/** Increments a tree remembers: about two paths from the root to the finest interval with their siblings. */
const memory = 128;

/** An interval of the path; the place among those of its depth makes its seed. */
interface Node {
  readonly start: number;
  readonly end: number;
  readonly parent: Node | undefined;
  readonly depth: number;
  readonly index: bigint;
  children: { readonly left: Node; readonly right: Node } | undefined;
}

/**
 * torchsde 0.2's `BrownianTree`: a Brownian path over an interval that answers any query in any order the same way.
 * Intervals halve until the query's ends are split points (times have 6 decimals); the noise of each split comes from a
 * seed that depends on its place in the tree alone. Lets other work in between two draws.
 */
export class BrownianTree {
  readonly #options: BrownianTreeOptions;
  readonly #root: Node;
  /** Least recently used first. */
  readonly #known = new Map<Node, Float32Array>();

  constructor(options: BrownianTreeOptions) {
    this.#options = options;
    const start = roundTime(Math.min(options.from, options.to));
    const end = roundTime(Math.max(options.from, options.to));
    this.#root = { start, end, parent: undefined, depth: 0, index: 0n, children: undefined };
  }

  /** W(b) − W(a). Times outside the interval count as its ends. */
  async increment(a: number, b: number): Promise<Float32Array> {
    const nodes: Node[] = [];
    cover(this.#root, this.#clamp(Math.min(a, b)), this.#clamp(Math.max(a, b)), nodes);
    let sum: Float32Array | undefined;
    for (const node of nodes) {
      const value = await this.#valueOf(node);
      sum = sum ? zip(sum, value, (part, other) => part + other) : value;
    }
    sum ??= scaled(await this.#valueOf(this.#root), 0);
    return a > b ? scaled(sum, -1) : sum;
  }

  #clamp(time: number): number {
    return Math.min(this.#root.end, Math.max(this.#root.start, roundTime(time)));
  }

  async #valueOf(node: Node): Promise<Float32Array> {
    const value = this.#known.get(node) ?? (await this.#make(node));
    this.#known.delete(node);
    this.#known.set(node, value);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= memory) break;
      this.#known.delete(oldest);
    }
    return value;
  }

  async #make(node: Node): Promise<Float32Array> {
    const { parent } = node;
    if (!parent?.children) return scaled(await this.#noise([]), Math.sqrt(node.end - node.start));
    const whole = await this.#valueOf(parent);
    if (node === parent.children.left) return this.#bridge(whole, parent, node.end);
    const left = await this.#valueOf(parent.children.left);
    return zip(whole, left, (value, part) => value - part);
  }

  /** The Brownian bridge: the left part of an increment given the whole. */
  async #bridge(whole: Float32Array, { start, end, index, depth }: Node, middle: number): Promise<Float32Array> {
    const noise = await this.#noise([index, depth]);
    const perWidth = 1 / (end - start);
    const deviation = Math.fround(Math.sqrt((middle - start) * (end - middle) * perWidth));
    const mean = scaled(scaled(whole, middle - start), perWidth);
    return zip(mean, noise, (value, unit) => value + Math.fround(deviation * unit));
  }

  async #noise(place: readonly (number | bigint)[]): Promise<Float32Array> {
    await yieldToOthers();
    return this.#options.draw(seedSequence(this.#options.entropy, place));
  }
}

/** Collects, from left to right, the largest nodes that fill low…high; splits on the way down. */
function cover(node: Node, low: number, high: number, nodes: Node[]): void {
  if (low >= high) return;
  if (low === node.start && high === node.end) {
    nodes.push(node);
    return;
  }
  node.children ??= split(node);
  const { left, right } = node.children;
  cover(left, low, Math.min(high, left.end), nodes);
  cover(right, Math.max(low, right.start), high, nodes);
}

function split(node: Node): NonNullable<Node['children']> {
  const middle = roundTime(0.5 * (node.end + node.start));
  const index = 2n * node.index;
  const below = { parent: node, depth: node.depth + 1, children: undefined };
  return {
    left: { ...below, start: node.start, end: middle, index },
    right: { ...below, start: middle, end: node.end, index: index + 1n },
  };
}

// Plain loops: `map` of typed arrays takes several times as long.
function scaled(values: Float32Array, factor: number): Float32Array {
  const rounded = Math.fround(factor);
  const out = new Float32Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = (values[i] as number) * rounded;
  return out;
}

function zip(a: Float32Array, b: Float32Array, combine: (a: number, b: number) => number): Float32Array {
  const out = new Float32Array(a.length);
  for (let i = 0; i < out.length; i++) out[i] = combine(a[i] as number, b[i] as number);
  return out;
}
