/** A breach of an operator's rules; the builder turns it into GRAPH_ILLEGAL with node and weight key. */
export class IllegalOperator extends Error {}

/** Ends the emission of an operator that breaks its rules. */
export function illegal(problem: string): never {
  throw new IllegalOperator(problem);
}
