import { inferOutput } from '../packages/core/dist/graph/infer-output.js';

const product = (dims) => dims.reduce((all, dim) => all * dim, 1);

/** Floating-point operations of the operators that multiply matrices; a multiplication and its addition are two. */
const costs = {
  Conv: ([, kernel], { shape }) => 2 * product(shape) * product(kernel.shape.slice(1)),
  Gemm: ([a], { shape }, { transA }) => 2 * product(shape) * a.shape[transA ? 0 : 1],
  MatMul: ([a], { shape }) => 2 * product(shape) * a.shape.at(-1),
  MultiHeadAttention: ([query, key, value]) =>
    2 * product(query.shape) * key.shape[1] + 2 * product(query.shape.slice(0, 2)) * product(value.shape.slice(1)),
};

/** A builder that emits nothing and counts: every dimension is a number, by its name. */
class CountingBuilder {
  flops = 0;
  path = '';
  #dims;
  #values = 0;

  constructor(plan, dims) {
    this.plan = plan;
    this.#dims = dims;
  }

  #value(value) {
    return { name: `%${this.#values++}`, ...value };
  }

  input(name, type, shape) {
    const known = (dim) => {
      const length = typeof dim === 'number' ? dim : this.#dims[dim];
      if (length === undefined) throw new Error(`how long is ${dim} of ${name}?`);
      return length;
    };
    return this.#value({ type, shape: shape.map(known) });
  }

  constant(values, type = 'float32', shape = [values.length]) {
    return this.#value({ type, shape, known: shape.length === 1 ? values : undefined });
  }

  weight(_name, shape) {
    return this.#value({ type: 'float32', shape });
  }

  op(name, inputs, attributes = {}) {
    const output = inferOutput(name, inputs, attributes);
    this.flops += costs[name]?.(inputs, output, attributes) ?? 0;
    return this.#value(output);
  }

  module(_name, inputs, emit) {
    return emit(this, ...inputs);
  }

  choose(_condition, _whenTrue, whenFalse) {
    return whenFalse(this);
  }

  output() {}
  async pause() {}
}

/** Floating-point operations of one pass of a network, counted on its graph. `dims`: the named dimensions of its inputs. */
export async function flopsOf(network, plan, dims) {
  const g = new CountingBuilder(plan, dims);
  await network(g);
  return g.flops;
}
