import type { GraphBuilder, WeightMap } from '@armature/sdk';
import type { ControlModule, ModuleNumbers } from '../modules/control-module.js';
import type { Pixels } from '../vision/pixels.js';
import type { Seeing } from './picture-input.js';
import type { Plane } from './plane.js';

/** A network that this package emits itself, from its authors' own weights. */
export interface OwnNetwork {
  /** File names they are known by, beside the module's own. */
  readonly files: readonly string[];
  /** What it is, in a few words. */
  readonly format: string;
  /** A tensor by which such a file is known. */
  readonly marker: string;
  /** Writes the network: `image` [1,3,h,w] → outputs in the order of their names. */
  emit(g: GraphBuilder, weights: WeightMap): void;
}

/** A preprocessor that stands on a network of the user's. */
export interface Detector extends Pick<ControlModule, 'name' | 'label' | 'tags' | 'priority' | 'sliders' | 'softAtHighRes'> {
  /** Name of its file, without what comes behind the dot. Several modules may share one. */
  readonly file: string;
  readonly sees: Seeing;
  /** The size its network is given: multiples of so many pixels, at least so many on the shorter side. Absent: multiples of 64, as padded. */
  readonly size?: { readonly multiple: number; readonly shorter?: number };
  /** Channels its answer has at least. Absent: 1. */
  readonly planes?: number;
  readonly own?: OwnNetwork;
  /** Channels of what the network gives → the map, of the size of `like`. */
  read(found: readonly (readonly Plane[])[], like: Pixels, numbers: ModuleNumbers): Pixels;
}
