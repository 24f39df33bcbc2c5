import { fileURLToPath } from 'node:url';
import { Raster } from '@armature/sdk';
import { alwaysonArgs, hasScriptTitle } from '@armature/sdk/host';
import { createTestHost } from '@armature/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import softInpainting from '../src/index.js';

type Host = Awaited<ReturnType<typeof createTestHost>>;
type Mask = NonNullable<NonNullable<Parameters<Host['img2img']>[0]['init']>['mask']>;

const id = 'armature.soft-inpainting';
const side = 128;
const request = { prompt: 'a yellow star on a red background', seed: 11, steps: 10, width: side, height: side };

/** Black on the left, white on the right, grey between the columns `from` and `to`. */
const ramp = (from: number, to: number): Raster =>
  new Raster(
    Array.from({ length: side * side }, (_, at) => Math.max(0, Math.min(255, (255 * ((at % side) - from)) / (to - from)))),
    { width: side, height: side, channels: 1 },
  );

/** The largest step between two columns, as the mean over their pixels. */
function seam(image: Raster): number {
  const pixels = image.toBytes();
  const steps = Array.from({ length: side - 1 }, (_, x) => {
    let sum = 0;
    for (let y = 0; y < side; y++) {
      for (let c = 0; c < 3; c++)
        sum += Math.abs((pixels[3 * (y * side + x + 1) + c] as number) - (pixels[3 * (y * side + x) + c] as number));
    }
    return sum / (3 * side);
  });
  return Math.max(...steps);
}

function difference(one: Raster, other: Raster, columns: readonly [from: number, to: number] = [0, side]): number {
  const [a, b] = [one.toBytes(), other.toBytes()];
  let sum = 0;
  for (const [at, value] of a.entries()) {
    const x = Math.floor(at / 3) % side;
    if (x >= columns[0] && x < columns[1]) sum += Math.abs(value - (b[at] as number));
  }
  return sum / (3 * side * (columns[1] - columns[0]));
}

describe('soft inpainting', () => {
  let host: Host;
  let given: Raster;

  beforeAll(async () => {
    host = await createTestHost({ extensions: [{ from: fileURLToPath(new URL('..', import.meta.url)) }] });
    const { images } = await host.txt2img({ ...request, prompt: 'a white square on a blue background', seed: 4 });
    given = images[0]?.image as Raster;
  });
  afterAll(() => host?.dispose());

  const paint = async (mask: Partial<Mask> & Pick<Mask, 'image'>, more: object = {}) => {
    const result = await host.img2img({
      ...request,
      init: { images: [given], denoisingStrength: 0.9, mask: { area: 'whole', content: 'original', blurX: 0, blurY: 0, ...mask } },
      ...more,
    });
    expect(result.faults).toEqual([]);
    return result.images;
  };
  const soft = { extensions: { [id]: {} } };

  it('leaves a smaller seam than the mask alone, and the far side of the given picture as it was', async () => {
    const mask = { image: ramp(24, 104) };
    const [plain] = await paint(mask);
    const [softer] = await paint(mask, soft);
    const [hard, smooth] = [plain?.image, softer?.image] as [Raster, Raster];
    expect(seam(smooth)).toBeLessThan(0.7 * seam(hard));
    expect(difference(smooth, given, [0, 16])).toBeLessThan(6);
    expect(difference(smooth, given, [112, 128])).toBeGreaterThan(50);
  });

  it('is what a webui client calls Soft inpainting, and its parameters make the picture again', async () => {
    const args = [true, 1.5, 0.75, 6, 0.5, 1, 3];
    expect(hasScriptTitle(softInpainting, 'Soft inpainting')).toBe(true);
    const mask = { image: ramp(24, 104), blurX: 2, blurY: 2 };
    const [first] = await paint(mask, { extensions: { [id]: alwaysonArgs(id, softInpainting, args) } });
    expect(first?.infotext).toContain(
      'Soft inpainting enabled: True, Soft inpainting schedule bias: 1.5, Soft inpainting preservation strength: 0.75, ' +
        'Soft inpainting transition contrast boost: 6, Soft inpainting mask influence: 0.5, Soft inpainting difference threshold: 1, ' +
        'Soft inpainting difference contrast: 3, Mask blur: 2',
    );
    const { extensions } = (await host.paste(first?.infotext ?? '')).request;
    const [again] = await paint(mask, { extensions });
    expect(again?.image.toBytes()).toEqual(first?.image.toBytes());
  });

  it('writes values at their defaults too, as the webui does', async () => {
    const [made] = await paint({ image: ramp(40, 90) }, soft);
    expect(made?.infotext).toContain('Soft inpainting enabled: True, Soft inpainting schedule bias: 1, ');
  });

  it('rounds no mask, whatever the request says of it', async () => {
    const [rounded] = await paint({ image: ramp(24, 104), round: true }, soft);
    const [whole] = await paint({ image: ramp(24, 104), round: false }, soft);
    expect(rounded?.image.toBytes()).toEqual(whole?.image.toBytes());
  });

  it('sits out a job without a mask', async () => {
    const init = { images: [given], denoisingStrength: 0.5 };
    const [named, unnamed] = [await host.img2img({ ...request, ...soft, init }), await host.img2img({ ...request, init })];
    expect(named.images[0]?.infotext).toBe(unnamed.images[0]?.infotext);
    expect(named.images[0]?.image.toBytes()).toEqual(unnamed.images[0]?.image.toBytes());
    const text = await host.txt2img({ ...request, steps: 2, ...soft });
    expect(text.images[0]?.infotext).not.toContain('Soft inpainting');
  });

  it('gives each picture of a batch, and of each iteration, the mask of its own changes', async () => {
    const mask = { image: ramp(24, 104) };
    const many = await paint(mask, { ...soft, batchSize: 2, iterations: 2 });
    const pictures = many.filter(({ kind }) => kind === 'picture');
    expect(pictures).toHaveLength(4);
    for (const [index, picture] of pictures.entries()) {
      const [alone] = await paint(mask, { ...soft, seed: request.seed + index });
      expect(difference(picture.image, alone?.image as Raster), `picture ${index}`).toBeLessThan(0.05);
    }
  });

  it('paints only the box around the mask, and leaves the rest pixel for pixel', async () => {
    const size = { width: side, height: side, channels: 1 } as const;
    const inside = (value: number): boolean => value >= 48 && value < 88;
    const box = Array.from({ length: side * side }, (_, at) => (inside(at % side) && inside(Math.floor(at / side)) ? 200 : 0));
    const [made] = await paint({ image: new Raster(box, size), area: 'masked', padding: 8 }, soft);
    const image = made?.image as Raster;
    expect(difference(image, given, [0, 36])).toBe(0);
    expect(difference(image, given, [92 + 8, side])).toBe(0);
    expect(difference(image, given, [56, 80])).toBeGreaterThan(5);
  });

  it('refuses values outside the range of the form', async () => {
    const asked = paint({ image: ramp(24, 104) }, { extensions: { [id]: { maskInfluence: 2 } } });
    await expect(asked).rejects.toThrow(/extensions\.armature\.soft-inpainting\.maskInfluence/);
  });
});
