import { defineExtension, field, type OverlayLayer, type OverlayScope, Raster } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { describe, expect, it } from 'vitest';

type Answer = (layer: OverlayLayer, ctx: OverlayScope) => OverlayLayer | undefined;

const size = { width: 64, height: 64 };
const request = { prompt: 'a red circle', seed: 1, steps: 2, ...size };
const blue = new Raster(
  Array.from({ length: 64 * 64 * 3 }, (_, at) => (at % 3 === 2 ? 220 : 20)),
  { ...size, channels: 3 },
);
/** The middle sixteenth is painted anew. */
const middle = new Raster(
  Array.from({ length: 64 * 64 }, (_, at) => ([at % 64, Math.floor(at / 64)].every((side) => side >= 24 && side < 40) ? 255 : 0)),
  { ...size, channels: 1 },
);
const flat = (raster: Raster, value: number): Raster => raster.map(() => value);

async function inpaint(answer: Answer, more: { readonly settings?: object; readonly mask?: object } = {}) {
  const definition = defineExtension({
    args: { amount: field.number(0).infotext('Amount') },
    setup({ hooks }) {
      hooks.image.overlay.tap((layer, ctx) => answer(layer, ctx));
    },
  });
  const manifest = { name: 'over', version: '1.0.0', api: 1, id: 'test.over', engines: { armature: '*' } };
  const host = await createTestHost({ extensions: [{ manifest, definition }] });
  try {
    const mask = { image: middle, area: 'whole' as const, blurX: 3, blurY: 3, ...more.mask };
    const init = { images: [blue], denoisingStrength: 1, mask };
    const settings = { ...more.settings, img2img_color_correction: false };
    const { images, faults } = await host.img2img({ ...request, settings, init, extensions: { 'test.over': { amount: 2 } } });
    return { image: images[0]?.image as Raster, infotext: images[0]?.infotext, faults };
  } finally {
    await host.dispose();
  }
}

describe('image.overlay', () => {
  it('sees the given picture whole, and the mask over it', async () => {
    const seen: [OverlayLayer, OverlayScope][] = [];
    const { image } = await inpaint((...given) => void seen.push(given));
    const [layer, ctx] = seen[0] ?? [];
    expect(seen).toHaveLength(1);
    expect(layer?.overlay?.toBytes()).toEqual(blue.toBytes());
    expect([layer?.mask.width, layer?.mask.height, layer?.mask.channels]).toEqual([64, 64, 1]);
    expect(ctx).toMatchObject({ index: 0, seed: 1, region: undefined });
    expect([...image.toBytes().subarray(0, 3)]).toEqual([20, 20, 220]);
  });

  it('lays nothing over where the tap says so, or shows nothing of the result', async () => {
    const bare = await inpaint((layer) => ({ ...layer, overlay: undefined }));
    const off = await inpaint(() => undefined, { settings: { overlay_inpaint: false } });
    const white = await inpaint((layer) => ({ ...layer, mask: flat(layer.mask, 255) }));
    expect(bare.image.toBytes()).toEqual(off.image.toBytes());
    expect(white.image.toBytes()).toEqual(off.image.toBytes());
    const black = await inpaint((layer) => ({ ...layer, mask: flat(layer.mask, 0) }));
    expect(black.image.toBytes()).toEqual(blue.toBytes());
  });

  it('is told the box that was painted', async () => {
    const seen: OverlayScope[] = [];
    await inpaint((_, ctx) => void seen.push(ctx), { mask: { area: 'masked', padding: 0, blurX: 0, blurY: 0 } });
    expect(seen[0]?.region).toEqual({ x: 24, y: 24, width: 16, height: 16 });
  });

  it('refuses a mask of another size: the picture is made as without the tap', async () => {
    const { faults, image } = await inpaint((layer) => ({ ...layer, mask: new Raster([255], { width: 1, height: 1, channels: 1 }) }));
    const plain = await inpaint(() => undefined);
    expect(faults).toMatchObject([{ extension: 'test.over', hook: 'image.overlay' }]);
    expect(image.toBytes()).toEqual(plain.image.toBytes());
  });
});

it('arguments of extensions stand before what the mask says, where the webui has those of scripts', async () => {
  const { infotext } = await inpaint(() => undefined);
  expect(infotext).toMatch(/, Denoising strength: 1\.0, .*Amount: 2, Mask blur: 3, Version: /);
});
