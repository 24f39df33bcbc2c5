import type { FieldShape, FieldValues } from '../define-extension.js';
import type { Raster } from '../values/raster.js';

/** What a preprocessor is told beside the picture. */
export interface PreprocessorScope<S extends FieldShape = FieldShape> {
  /** Its fields' values, checked; those nobody has set are at their defaults. */
  readonly args: FieldValues<S>;
  /** Aborted when nobody waits for the map any more. */
  readonly signal: AbortSignal;
}

/** Makes of a picture the map that guides another: edges, depth, poses. ControlNet units pick it by name, and so does `armature preprocess`. */
export interface PreprocessorContribution<S extends FieldShape = FieldShape> {
  /** As requests spell it, `canny`. */
  readonly name: string;
  /** What lists show, where that is not the name; requests may say it too. */
  readonly label?: string;
  /** Kinds of control it serves, `Canny`, `Depth`: units that look for one are offered it. */
  readonly tags?: readonly string[];
  /** Where lists put it: the highest first. Absent: 0. */
  readonly priority?: number;
  /**
   * What its user may set, in the order of showing: numbers with bounds become sliders. Units of webui clients have three numbers: the
   * field `resolution` is their first, the first two others are the second and third. Absent: nothing.
   */
  readonly fields?: S;
  /** The picture it is given has four channels, the last of them a mask, and so has its map. */
  readonly masked?: boolean;
  /** A file of the user's it cannot do without, below the models folder: `ControlNetPreprocessor/hed.onnx`. */
  readonly file?: string;
  /** One, three or four channels in, as many as it likes out. Neither size has to be the other. */
  process(image: Raster, ctx: PreprocessorScope<S>): Raster | Promise<Raster>;
}
