import { Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';

const request = { prompt: 'a red circle on a blue background', seed: 3, steps: 4, width: 320, height: 256 };
let host: Awaited<ReturnType<typeof createTestHost>>;
beforeAll(async () => {
  host = await createTestHost();
});
afterAll(() => host.dispose());

async function picture(settings: Record<string, unknown>): Promise<{ readonly image: Raster; readonly infotext: string }> {
  const { images } = await host.txt2img({ ...request, settings });
  const [first] = images;
  if (!first) throw new Error('there is no picture');
  return first;
}

/**
 * How much steeper the difference of two pictures is across the edge of a tile than across the lines beside it (of 255, mean over
 * the line): what an eye would see as a seam. `borders`: first column or row behind an edge.
 */
function seams(
  a: Raster,
  b: Raster,
  borders: { readonly columns: readonly number[]; readonly rows: readonly number[] },
): readonly number[] {
  const { width, height } = a;
  const [left, right] = [a.toBytes(), b.toBytes()];
  const at = (x: number, y: number): number => (left[(y * width + x) * 3] as number) - (right[(y * width + x) * 3] as number);
  const column = (x: number): number => mean(height, (y) => Math.abs(at(x, y) - at(x - 1, y)));
  const row = (y: number): number => mean(width, (x) => Math.abs(at(x, y) - at(x, y - 1)));
  const excess = (step: (line: number) => number, line: number): number =>
    step(line) - mean(6, (near) => step(line + (near < 3 ? near - 3 : near - 2)));
  return [...borders.columns.map((x) => excess(column, x)), ...borders.rows.map((y) => excess(row, y))];
}

const mean = (count: number, value: (at: number) => number): number =>
  Array.from({ length: count }, (_, at) => value(at)).reduce((sum, each) => sum + each, 0) / count;

it('a picture decoded in tiles shows no seam, says so in its parameters, and is pasted back', async () => {
  const whole = await picture({});
  const tiled = await picture({ vae_tile: 128 });
  expect(whole.infotext).not.toContain('VAE tile');
  expect(tiled.infotext).toContain('VAE tile: 128');
  expect(tiled.image.toBytes()).not.toEqual(whole.image.toBytes());
  // Tiles of 16 cells begin at cells 0, 12, 24 and 0, 8, 16.
  const found = seams(tiled.image, whole.image, { columns: [96, 128, 192, 224], rows: [64, 128, 192] });
  expect(Math.max(...found)).toBeLessThanOrEqual(1);
  const { request: pasted } = await host.paste(tiled.infotext);
  const { init: _init, ...text } = pasted;
  const again = await host.txt2img(text);
  expect(again.images[0]?.image.toBytes()).toEqual(tiled.image.toBytes());
});

it('tiles as large as the picture change nothing, and pictures whose edges fit stay whole', async () => {
  expect((await picture({ vae_tile: 512 })).infotext).not.toContain('VAE tile');
  expect((await picture({ vae_tile: 128, tiling: true })).infotext).not.toContain('VAE tile');
});

it('a given picture is encoded in tiles to almost the same', async () => {
  const image = new Raster(
    Uint8Array.from({ length: 320 * 256 * 3 }, (_, at) => Math.round(128 + 100 * Math.sin(at / 900))),
    { width: 320, height: 256, channels: 3 },
  );
  const made = async (settings: Record<string, unknown>): Promise<Uint8Array> => {
    const { images } = await host.img2img({ ...request, settings, init: { images: [image], denoisingStrength: 0 } });
    return images[0]?.image.toBytes() ?? new Uint8Array();
  };
  const [whole, tiled] = [await made({}), await made({ vae_tile: 256 })];
  const error = whole.reduce((sum, value, at) => sum + (value - (tiled[at] as number)) ** 2, 0) / whole.length;
  expect(error).toBeGreaterThan(0);
  expect(10 * Math.log10(255 ** 2 / error)).toBeGreaterThan(25);
});

it('a picture that does not fit into the memory budget is decoded in tiles of 512', async () => {
  const small = await createTestHost({ memory: 600 });
  try {
    const { images } = await small.txt2img({ ...request, steps: 1, width: 768, height: 704 });
    expect(images[0]?.infotext).toContain('VAE tile: 512');
  } finally {
    await small.dispose();
  }
});
