import { readFileSync } from 'node:fs';
import { Raster } from '@armature/sdk';
import { describe, expect, test } from 'vitest';
import { composeGrid, decodeImage, gridLayout } from '../../src/image/index.js';

const picture = async (name: string) => decodeImage(readFileSync(new URL(`../../../../test/fidelity/pictures/${name}`, import.meta.url)));

/** A quarter turn counter-clockwise, of a square. */
function turned(image: Raster): Raster {
  const bytes = image.toBytes();
  const side = image.width;
  return image.map((_, i) => {
    const [c, x, y] = [i % 3, Math.trunc(i / 3) % side, Math.trunc(i / 3 / side)];
    return bytes[(x * side + (side - 1 - y)) * 3 + c] as number;
  });
}

describe('gridLayout', () => {
  test.each([
    [1, {}, 1, 1],
    [2, {}, 1, 2],
    [3, {}, 2, 2],
    [5, {}, 2, 3],
    [8, {}, 3, 3],
    [12, {}, 3, 4],
    [5, { rows: 2 }, 2, 3],
    [3, { rows: 9 }, 3, 1],
    [6, { rows: 0, batchSize: 2 }, 2, 3],
    [6, { preventEmptySpots: true }, 2, 3],
    [7, { preventEmptySpots: true }, 1, 7],
    [12, { preventEmptySpots: true }, 3, 4],
  ])('%s pictures, %j: %s rows, %s columns', (count, options, rows, columns) => {
    expect(gridLayout(count, options)).toEqual({ rows, columns });
  });
});

describe('composeGrid', () => {
  test('equals the reference’s grids', async () => {
    const image = await picture('init_64x64.png');
    const three = await composeGrid([image, turned(image), turned(turned(image))]);
    expect(three.toBytes()).toEqual((await picture('grid3.png')).toBytes());
    const five = await composeGrid(Array(5).fill(image), { layout: gridLayout(5, { rows: 2 }) });
    expect(five.toBytes()).toEqual((await picture('grid5_rows2.png')).toBytes());
  });

  test('centres smaller pictures, paints the background, takes grey and transparent ones', async () => {
    const grey = new Raster([10, 20, 30, 40], { width: 2, height: 2, channels: 1 });
    const rgba = new Raster([1, 2, 3, 128], { width: 1, height: 1, channels: 4 });
    const wide = new Raster(new Uint8Array(12).fill(9), { width: 4, height: 1, channels: 3 });
    const grid = await composeGrid([grey, rgba, wide], { layout: { rows: 1, columns: 3 }, background: [255, 0, 7] });
    expect(grid).toMatchObject({ width: 12, height: 2, channels: 3 });
    const bytes = grid.toBytes();
    const at = (x: number, y: number) => [...bytes.subarray((y * 12 + x) * 3, (y * 12 + x) * 3 + 3)];
    expect([at(0, 0), at(1, 0), at(2, 1), at(3, 0)]).toEqual([
      [255, 0, 7],
      [10, 10, 10],
      [40, 40, 40],
      [255, 0, 7],
    ]);
    expect([at(5, 0), at(5, 1), at(8, 0), at(8, 1)]).toEqual([
      [1, 2, 3],
      [255, 0, 7],
      [9, 9, 9],
      [255, 0, 7],
    ]);
  });

  test('needs a picture', async () => {
    await expect(composeGrid([])).rejects.toThrow(RangeError);
  });
});
