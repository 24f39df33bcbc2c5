import { setImmediate as nextTurn } from 'node:timers/promises';
import { Tensor } from '@armature/sdk';
import { owned, viewOf } from '@armature/sdk/internal';
import { type TileSpan, tileSpans } from './tile-spans.js';

export interface TiledWork {
  /** Side of a tile in cells of the input; of the output it is `scale` times as many. */
  readonly side: number;
  readonly scale: number;
  /** A tile [1, c, h, w] → its result [1, c', h·scale, w·scale]. */
  readonly work: (tile: Tensor) => Promise<Tensor>;
}

/** Runs a network over a plane [1, c, h, w] tile by tile and fades the results into each other. Input and output sides divide without rest. */
export async function inTiles(plane: Tensor, { side, scale, work }: TiledWork): Promise<Tensor> {
  const [, , height = 0, width = 0] = plane.shape;
  // Spread over the coarser of the two grids, so that every tile begins at a whole cell of both.
  const grain = scale < 1 ? Math.round(1 / scale) : 1;
  const factor = Math.round(grain * scale);
  const spans = (length: number): readonly TileSpan[] => tileSpans(Math.floor(length / grain), Math.floor(side / grain), factor);
  const out = { data: new Float32Array(), channels: 0, height: Math.floor(height * scale), width: Math.floor(width * scale) };
  for (const y of spans(height)) {
    for (const x of spans(width)) {
      const box = { x: x.start * grain, y: y.start * grain, width: x.length * grain, height: y.length * grain };
      const made = await work(cut(plane, box));
      out.channels = made.shape[1] ?? 0;
      if (out.data.length === 0) out.data = new Float32Array(out.channels * out.height * out.width);
      await add(out, made, { x, y, factor });
    }
  }
  return new Tensor(owned(out.data), [1, out.channels, out.height, out.width]);
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function cut(plane: Tensor, box: Box): Tensor {
  const [, channels = 0, height = 0, width = 0] = plane.shape;
  const values = viewOf(plane);
  const data = new Float32Array(channels * box.height * box.width);
  for (let c = 0; c < channels; c++) {
    for (let row = 0; row < box.height; row++) {
      const from = (c * height + box.y + row) * width + box.x;
      data.set(values.subarray(from, from + box.width), (c * box.height + row) * box.width);
    }
  }
  return new Tensor(owned(data), [1, channels, box.height, box.width]);
}

async function add(
  out: { readonly data: Float32Array; readonly channels: number; readonly height: number; readonly width: number },
  made: Tensor,
  { x, y, factor }: { readonly x: TileSpan; readonly y: TileSpan; readonly factor: number },
): Promise<void> {
  const [columns, rows] = [x.weights, y.weights];
  const values = viewOf(made);
  for (let c = 0; c < out.channels; c++) {
    for (let row = 0; row < rows.length; row++) {
      const from = (c * rows.length + row) * columns.length;
      const to = (c * out.height + y.start * factor + row) * out.width + x.start * factor;
      const weight = rows[row] as number;
      for (let at = 0; at < columns.length; at++)
        out.data[to + at] = (out.data[to + at] as number) + (values[from + at] as number) * weight * (columns[at] as number);
    }
    await nextTurn();
  }
}
