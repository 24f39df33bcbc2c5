import { Raster } from '@armature/sdk';

const gap = 8;

/** Rasters in one row on grey, tops level; transparent ones as they look on that grey. */
export function sideBySide(panels: readonly Raster[]): Raster {
  const width = panels.reduce((sum, panel) => sum + panel.width, gap * (panels.length - 1));
  const height = Math.max(...panels.map((panel) => panel.height));
  const out = new Uint8Array(width * height * 3).fill(128);
  let left = 0;
  for (const panel of panels) {
    const bytes = opaque(panel);
    for (let y = 0; y < panel.height; y++) out.set(bytes.subarray(y * panel.width * 3, (y + 1) * panel.width * 3), (y * width + left) * 3);
    left += panel.width + gap;
  }
  return new Raster(out, { width, height, channels: 3 });
}

/** Where two pictures of one size differ, made `gain` times as strong. */
export function difference(a: Raster, b: Raster): { readonly image: Raster; readonly gain: number } {
  const [left, right] = [opaque(a), opaque(b)];
  const apart = left.map((value, i) => Math.abs(value - (right[i] as number)));
  const most = apart.reduce((max, value) => Math.max(max, value), 0);
  const gain = most === 0 ? 1 : Math.max(1, Math.floor(255 / most));
  return {
    image: new Raster(
      apart.map((value) => value * gain),
      { width: a.width, height: a.height, channels: 3 },
    ),
    gain,
  };
}

function opaque(image: Raster): Uint8Array {
  const { channels } = image;
  const bytes = image.toBytes();
  if (channels === 3) return bytes;
  const out = new Uint8Array(image.width * image.height * 3);
  for (let i = 0; i < out.length; i++) {
    const pixel = Math.floor(i / 3);
    const value = bytes[pixel * channels + (channels === 4 ? i % 3 : 0)] as number;
    const alpha = channels === 4 ? (bytes[pixel * 4 + 3] as number) / 255 : 1;
    out[i] = Math.round(value * alpha + 128 * (1 - alpha));
  }
  return out;
}
