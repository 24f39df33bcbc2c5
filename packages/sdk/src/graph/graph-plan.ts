import type { Dim } from './graph-value.js';

/** An extra graph input whose value is added to the output of a module: a ControlNet residual, an adapter's feature. */
export interface Socket {
  /** Name of the graph input; `owner.thing` by convention. */
  readonly name: string;
  /** Module path whose output it is added to, e.g. `unet.middle_block`. */
  readonly at: string;
  /** Shape of the input. An unfilled socket is fed a single zero, which broadcasts. */
  readonly shape: readonly Dim[];
}

/** What a session will be emitted from. Part of its cache key. */
export interface GraphPlan {
  /** `text-encoder`, `unet`, `vae-encoder`, `vae-decoder`, or an extension's own. */
  readonly network: string;
  readonly family: string;
  /** The family's dimensions, as JSON. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly sockets: readonly Socket[];
  /** Free switches a family or a `graph.module` tap reads while emitting (`tiling: true`). */
  readonly variants: Readonly<Record<string, string | number | boolean>>;
}
