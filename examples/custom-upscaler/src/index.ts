import { defineExtension, field, Raster, SESSIONS, Tensor } from '@armature/sdk';

const model = 'models/crisp-2x.onnx';
/** Factor of the network, and how many rows above and below a pixel it looks at. */
const factor = 2;
const reach = 3;

/**
 * An upscaler over an ONNX model that came with the extension: it stands beside the host's own, for hires fix and for
 * pictures to start from. Large pictures go through the network strip by strip, with equal pixels.
 */
export default defineExtension({
  options: { rows: field.integer(256, { min: 8, max: 4096 }).label('Rows a strip') },
  setup({ contribute, use, options }) {
    const sessions = use(SESSIONS);
    contribute.upscaler({
      name: 'Crisp 2x',
      scale: factor,
      async upscale(image, { signal }) {
        // From the pool after the first time; a session kept from setup on would not outlive a crash of the runtime.
        const session = await sessions.openFile(model);
        try {
          return await upscale(image, options.rows, async (strip) => (await session.run({ image: strip }, { signal })).larger as Tensor);
        } finally {
          await session.free();
        }
      },
    });
  },
});

type Network = (image: Tensor) => Promise<Tensor>;

async function upscale(image: Raster, rows: number, network: Network): Promise<Raster> {
  const { width, height } = image;
  const pixels = image.toBytes();
  const size = { width: width * factor, height: height * factor, channels: 3 } as const;
  const larger = new Uint8Array(size.width * size.height * 3);
  for (let top = 0; top < height; top += rows) {
    const strip = { top, bottom: Math.min(height, top + rows) };
    const seen = { top: Math.max(0, strip.top - reach), bottom: Math.min(height, strip.bottom + reach) };
    const answer = await network(planes(image, pixels, seen));
    const skipped = (strip.top - seen.top) * factor;
    larger.set(interleaved(answer, skipped, (strip.bottom - strip.top) * factor), top * factor * size.width * 3);
  }
  return new Raster(larger, size);
}

/** Rows of a picture as [1,3,h,w] in 0…1; alpha is left out, grey is repeated. */
function planes(
  { width, channels }: Raster,
  pixels: Uint8Array,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): Tensor {
  const area = (bottom - top) * width;
  const values = new Float32Array(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    const from = channels === 1 ? 0 : channel;
    for (let i = 0; i < area; i++) values[channel * area + i] = (pixels[(top * width + i) * channels + from] as number) / 255;
  }
  return new Tensor(values, [1, 3, bottom - top, width]);
}

/** `rows` rows of [1,3,h,w], from row `top` on, as bytes side by side. */
function interleaved(tensor: Tensor, top: number, rows: number): Uint8Array {
  const [, , height = 0, width = 0] = tensor.shape;
  const values = tensor.toFloat32Array();
  const bytes = new Uint8Array(rows * width * 3);
  for (let i = 0; i < bytes.length; i++) {
    const value = values[(i % 3) * height * width + top * width + Math.floor(i / 3)] as number;
    bytes[i] = Math.round(value * 255);
  }
  return bytes;
}
