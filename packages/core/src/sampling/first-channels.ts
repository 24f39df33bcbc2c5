import { Latent } from '@armature/sdk';
import { owned, viewOf } from '@armature/sdk/internal';

/** The first `count` channels of each row; a latent that has no more is returned as it is. */
export function firstChannels(latent: Latent, count: number): Latent {
  const { batch, channels, height, width } = latent;
  if (channels <= count) return latent;
  const plane = height * width;
  const out = new Float32Array(batch * count * plane);
  for (let row = 0; row < batch; row++) {
    const from = row * channels * plane;
    out.set(viewOf(latent).subarray(from, from + count * plane), row * count * plane);
  }
  return new Latent(owned(out), [batch, count, height, width]);
}
