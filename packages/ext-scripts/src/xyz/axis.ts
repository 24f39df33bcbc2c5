import type { GenerationRequest } from '@armature/sdk';

/** A value of an axis: a number, a word, or the order of several words. */
export type AxisValue = number | string | readonly string[];

/** What the rows, columns or grids of a plot differ in. */
export interface Axis {
  readonly label: string;
  /** How its values are read. `order`: all orders of the words given. */
  readonly kind: 'nothing' | 'whole' | 'broken' | 'word' | 'order';
  /** The webui offers its values as a list, which counts where text inputs are not asked for (`csv_mode`). */
  readonly listed?: boolean;
  /** What a change of value costs, 0…1: the dearest axis changes least often. */
  readonly cost?: number;
  /** Only for requests with, or without, a picture to start from. */
  readonly tab?: 'txt2img' | 'img2img';
  /** How a legend writes a value; default: behind the axis' label. */
  readonly format?: 'value' | 'joined' | 'file';
  /** The request with a value in it; `all`: every value of the axis. Throws an Error that says what is wrong. */
  readonly apply?: (request: GenerationRequest, value: never, all: readonly AxisValue[]) => GenerationRequest;
  /** Why it cannot be used here. */
  readonly unbuilt?: string;
}
