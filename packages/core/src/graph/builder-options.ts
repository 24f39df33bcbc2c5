import type { EmitFn, GraphPlan } from '@armature/sdk';
import type { WeightShelf } from './weight-shelf.js';

export interface BuilderOptions {
  readonly plan: GraphPlan;
  readonly weights: Pick<WeightShelf, 'keyOf' | 'find'>;
  /** Decorates the emit function of the module at a path. */
  readonly wrapModule?: ((path: string, emit: EmitFn) => EmitFn) | undefined;
  readonly signal?: AbortSignal | undefined;
}
