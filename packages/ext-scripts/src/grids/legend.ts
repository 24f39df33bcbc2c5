import type { ImagesApi, Raster } from '@armature/sdk';
import { cut } from '../pictures/cut.js';
import { type Colour, Plate, type Size } from '../pictures/plate.js';

/** A line of a legend; one that is not active is grey and struck out. */
export interface LegendText {
  readonly text: string;
  readonly active: boolean;
}

export interface Legend {
  /** For each column, above it. */
  readonly columns: readonly (readonly LegendText[])[];
  /** For each row, left of it. */
  readonly rows: readonly (readonly LegendText[])[];
  /** Pixels between two cells. */
  readonly margin: number;
}

interface Line {
  readonly ink: Raster | undefined;
  readonly active: boolean;
}

const white: Colour = [255, 255, 255];
const grey: Colour = [0x99, 0x99, 0x99];

/** A grid taken apart into cells, with margins between them and texts beside them (`draw_grid_annotations`). */
export async function withLegend(images: ImagesApi, grid: Raster, cell: Size, legend: Legend): Promise<Raster> {
  const { columns, rows, margin } = legend;
  const font = Math.max(1, Math.floor((cell.width + cell.height) / 25));
  const gap = Math.floor(font / 2);
  const left = rows.some((lines) => lines.some(({ text }) => text !== '')) ? Math.floor((cell.width * 3) / 4) : 0;
  const above = await Promise.all(columns.map((lines) => setLines(images, lines, font, cell.width)));
  const beside = await Promise.all(rows.map((lines) => setLines(images, lines, font, left)));
  const heights = above.map((lines) => heightOf(lines, gap) - gap);
  const top = heights.every((height) => height === -gap) && gap === 0 ? 0 : Math.max(...heights) + 2 * gap;
  const width = grid.width + left + margin * (columns.length - 1);
  const plate = new Plate({ width, height: grid.height + top + margin * (rows.length - 1) }, white);
  for (const row of rows.keys()) {
    for (const column of columns.keys()) {
      const part = cut(grid, column * cell.width, row * cell.height, cell);
      plate.paste(part, left + (cell.width + margin) * column, top + (cell.height + margin) * row);
    }
  }
  for (const [column, lines] of above.entries()) {
    const middle = left + (cell.width + margin) * column + cell.width / 2;
    drawLines(plate, lines, middle, top / 2 - (heights[column] as number) / 2, gap);
  }
  for (const [row, lines] of beside.entries()) {
    const middle = top + (cell.height + margin) * row + cell.height / 2;
    drawLines(plate, lines, left / 2, middle - (heightOf(lines, gap) - gap * lines.length) / 2, gap);
  }
  return plate.raster();
}

const heightOf = (lines: readonly Line[], gap: number): number => lines.reduce((sum, { ink }) => sum + (ink?.height ?? 0) + gap, 0);

/** Texts broken into lines of the width, each made smaller until it fits. */
async function setLines(images: ImagesApi, texts: readonly LegendText[], font: number, width: number): Promise<readonly Line[]> {
  const lines: Line[] = [];
  for (const { text, active } of texts) {
    for (const line of await broken(images, text, font, width)) {
      let ink = await images.text(line, font);
      for (let size = font - 1; ink && ink.width > width && size > 0; size--) ink = await images.text(line, size);
      lines.push({ ink, active });
    }
  }
  return lines;
}

async function broken(images: ImagesApi, text: string, font: number, width: number): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    const fits = lines.length > 0 && ((await images.text(longer, font))?.width ?? 0) <= width;
    if (fits) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Each line centred on `middle`; `top` is where the first begins. */
function drawLines(plate: Plate, lines: readonly Line[], middle: number, top: number, gap: number): void {
  let at = top;
  for (const { ink, active } of lines) {
    const { width = 0, height = 0 } = ink ?? {};
    const x = Math.round(middle - width / 2);
    const y = Math.round(at);
    if (ink) plate.paste(active ? ink : ink.map((value) => 255 - ((255 - value) * (255 - 0x99)) / 255), x, y);
    if (!active) plate.fill(x, y + Math.floor(height / 2) - 2, { width, height: 4 }, grey);
    at += height + gap;
  }
}
