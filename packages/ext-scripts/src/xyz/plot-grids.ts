import type { ImagesApi, Raster, ScriptComposition, ScriptFields, ScriptPicture } from '@armature/sdk';
import { type Legend, withLegend } from '../grids/legend.js';
import type { PlotAxes } from './plot-cells.js';
import { legendText, type ReadAxis } from './read-axis.js';

export interface GridStyle {
  readonly drawLegend: boolean;
  readonly margin: number;
  /** Seeds are told as they were drawn. */
  readonly fixedSeeds: boolean;
}

/** The grids of a plot: one for each value of Z, and all of them in one. */
export interface PlotGrids {
  readonly whole: ScriptComposition;
  readonly parts: readonly ScriptComposition[];
}

/** `pictures` in the order of the cells; one that was not made is missing (`draw_xyz_grid`). */
export async function plotGrids(
  images: ImagesApi,
  pictures: readonly (ScriptPicture | undefined)[],
  axes: PlotAxes,
  style: GridStyle,
): Promise<PlotGrids> {
  const { x, y, z } = axes;
  const [columns, rows] = [x.values.length, y.values.length];
  const first = pictures.find((picture) => picture !== undefined) as ScriptPicture;
  const fields = sheetFields(axes, style);
  const parts: ScriptComposition[] = [];
  for (const iz of z.values.keys()) {
    const own = pictures.slice(iz * columns * rows, (iz + 1) * columns * rows);
    const cells = own.map((picture) => picture?.image ?? first.image.map(() => 0));
    const plain = await images.grid(cells, { rows, columns });
    const legend = { columns: textsOf(x), rows: textsOf(y), margin: style.margin };
    parts.push({
      kind: 'grid',
      image: style.drawLegend ? await withLegend(images, plain, largest(cells), legend) : plain,
      like: own[0] ?? first,
      fields,
    });
  }
  const sheets = parts.map(({ image }) => image);
  const plain = await images.grid(sheets, { rows: 1, columns: sheets.length });
  const legend: Legend = { columns: textsOf(z), rows: [[{ text: '', active: true }]], margin: 0 };
  const image = style.drawLegend ? await withLegend(images, plain, largest(sheets), legend) : plain;
  return { whole: { kind: 'grid', image, like: first, fields: { ...fields, ...axisFields('Z', z, style) } }, parts };
}

const textsOf = ({ axis, values }: ReadAxis): Legend['columns'] => values.map((value) => [{ text: legendText(axis, value), active: true }]);

const largest = (cells: readonly Raster[]) => ({
  width: Math.max(...cells.map(({ width }) => width)),
  height: Math.max(...cells.map(({ height }) => height)),
});

const sheetFields = ({ x, y }: PlotAxes, style: GridStyle): ScriptFields => ({
  Script: 'X/Y/Z plot',
  ...axisFields('X', x, style),
  ...axisFields('Y', y, style),
});

function axisFields(side: 'X' | 'Y' | 'Z', { axis, values, told }: ReadAxis, { fixedSeeds }: GridStyle): ScriptFields {
  if (axis.kind === 'nothing') return {};
  const seeds = ['Seed', 'Var. seed'].includes(axis.label) && fixedSeeds;
  return { [`${side} Type`]: axis.label, [`${side} Values`]: told, ...(seeds && { [`Fixed ${side} Values`]: values.join(', ') }) };
}
