import type { GraphBuilder, GraphValue } from '@armature/sdk';

/** A network that makes pictures larger, as its file's tensors tell it. */
export interface UpscalingNetwork {
  /** `ESRGAN`, `Compact`, `SwinIR`: for people. */
  readonly architecture: string;
  /** Factor on each side. */
  readonly scale: number;
  /** Both sides of what it is given are multiples of this. */
  readonly multiple: number;
  /** Its graph depends on the size it is emitted for. */
  readonly fixedSize: boolean;
  /** [n,3,h,w], 0…1 → [n,3,scale·h,scale·w]. */
  emit(g: GraphBuilder, x: GraphValue): GraphValue;
}

/** Shapes of a file's tensors, by the names they have behind the file's prefix. */
export interface TensorShapes {
  /** Undefined: there is no such tensor. */
  of(key: string): readonly number[] | undefined;
  readonly keys: readonly string[];
}

/** How many of `name(0)`, `name(1)`, … there are. */
export function countOf(shapes: TensorShapes, name: (at: number) => string): number {
  let count = 0;
  while (shapes.of(name(count)) !== undefined) count++;
  return count;
}
