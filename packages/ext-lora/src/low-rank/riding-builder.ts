import type { EmitBranch, EmitFn, GraphBuilder, GraphValue, OpAttributes, OpName } from '@armature/sdk';
import { rankBeside } from './rank-beside.js';

/**
 * A builder for one module: where the module multiplies by a weight of its own, what networks of low rank make of its input is
 * added. Everything else is the builder's it stands before; modules within get that one.
 */
export class RidingBuilder implements GraphBuilder {
  readonly #g: GraphBuilder;
  readonly #keyStart: string;
  /** Value of a weight → its key. */
  readonly #weights = new Map<string, string>();

  /** @param keyStart what the keys of the module's weights begin with, its path in the file */
  constructor(g: GraphBuilder, keyStart: string) {
    this.#g = g;
    this.#keyStart = keyStart;
  }

  get plan(): GraphBuilder['plan'] {
    return this.#g.plan;
  }

  get path(): string {
    return this.#g.path;
  }

  input(...given: Parameters<GraphBuilder['input']>): GraphValue {
    return this.#g.input(...given);
  }

  output(name: string, value: GraphValue): void {
    this.#g.output(name, value);
  }

  constant(...given: Parameters<GraphBuilder['constant']>): GraphValue {
    return this.#g.constant(...given);
  }

  weight(name: string, shape: readonly number[]): GraphValue {
    const value = this.#g.weight(name, shape);
    if (shape.length >= 2) this.#weights.set(value.name, `${this.#keyStart}.${name}`);
    return value;
  }

  op<N extends OpName>(name: N, inputs: readonly (GraphValue | undefined)[], attributes?: OpAttributes[N]): GraphValue {
    const key = this.#weights.get(inputs[1]?.name ?? '');
    const ridden = key === undefined ? undefined : rankBeside(this.#g, key, { name, inputs, attributes });
    return ridden ?? this.#g.op(name, inputs, attributes);
  }

  choose(condition: GraphValue, whenTrue: EmitBranch, whenFalse: EmitBranch): GraphValue {
    return this.#g.choose(condition, whenTrue, whenFalse);
  }

  module(name: string, inputs: readonly GraphValue[], emit: EmitFn): GraphValue {
    return this.#g.module(name, inputs, emit);
  }

  pause(): Promise<void> {
    return this.#g.pause();
  }
}
