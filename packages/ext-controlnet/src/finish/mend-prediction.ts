import { type DenoiserFeeds, Latent } from '@armature/sdk';

/** ᾱ of the noise schedule that SD 1.x, 2.x and XL were trained with. */
export const alphasCumprod = (() => {
  const [start, end] = [Math.sqrt(0.00085), Math.sqrt(0.012)];
  let product = 1;
  return Array.from({ length: 1000 }, (_, at) => {
    product *= 1 - (start + ((end - start) * at) / 999) ** 2;
    return product;
  });
})();

/**
 * Changes what the network predicted, at the whole timestep next to it as the original does: x0 → `mend` → noise, by `weight`.
 */
export function mendPrediction(feeds: DenoiserFeeds, denoised: Latent, weight: number, mend: (x0: Latent) => Latent): Latent {
  const { latent, sigma, inputScale, timestep } = feeds;
  const alpha = alphasCumprod[Math.min(999, Math.max(0, Math.round(timestep)))]!;
  const [signal, noise] = [Math.sqrt(1 / alpha), Math.sqrt(1 / alpha - 1)];
  const base = inputScale === 1 ? latent.scale(Math.sqrt(1 + sigma ** 2)) : latent;
  const seen = latent.scale(inputScale * signal);
  const epsilon = base.sub(denoised).div(sigma);
  const mended = seen.sub(mend(seen.sub(epsilon.scale(noise)))).div(noise);
  const share = Math.min(1, Math.max(0, weight));
  return base.sub(
    mended
      .scale(share)
      .add(epsilon.scale(1 - share))
      .scale(sigma),
  );
}

/** The mean of the (2·reach+1)² cells around each, edges repeated. */
export function boxBlur(latent: Latent, reach: number): Latent {
  const { width, height, batch, channels } = latent;
  const source = latent.toFloat32Array();
  const lines = new Float32Array(source.length);
  const out = new Float32Array(source.length);
  const side = 2 * reach + 1;
  const clamp = (at: number, length: number): number => Math.min(length - 1, Math.max(0, at));
  for (let row = 0; row < batch * channels * height; row++)
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let at = x - reach; at <= x + reach; at++) sum += source[row * width + clamp(at, width)]!;
      lines[row * width + x] = sum;
    }
  for (let plane = 0; plane < batch * channels; plane++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let at = y - reach; at <= y + reach; at++) sum += lines[(plane * height + clamp(at, height)) * width + x]!;
        out[(plane * height + y) * width + x] = sum / side ** 2;
      }
  return new Latent(out, latent.shape);
}

/** One row for each of `count`. */
export const repeated = (latent: Latent, count: number): Latent =>
  new Latent(Array.from({ length: count }, () => [...latent.toFloat32Array()]).flat(), [
    count,
    latent.channels,
    latent.height,
    latent.width,
  ]);
