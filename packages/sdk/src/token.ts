/** A typed name under which the host, or another extension, provides something. */
export interface Token<T> {
  readonly id: string;
  readonly symbol: symbol;
  readonly type?: T;
}

/** Equal ids give equal tokens, also across copies of the SDK. */
export const createToken = <T>(id: string): Token<T> => Object.freeze({ id, symbol: Symbol.for(`armature.token.${id}`) });
