import { Latent } from '@armature/sdk';
import { owned, viewOf } from '@armature/sdk/internal';

/** Channels of `more` behind those of `latent`, row by row. @throws RangeError when rows or sizes differ */
export function appendChannels(latent: Latent, more: Latent): Latent {
  const { batch, channels, height, width } = latent;
  if (more.batch !== batch || more.height !== height || more.width !== width) {
    throw new RangeError(`image conditioning of [${more.shape}] does not fit latents of [${latent.shape}]`);
  }
  const all = channels + more.channels;
  const plane = height * width;
  const out = new Float32Array(batch * all * plane);
  for (let row = 0; row < batch; row++) {
    out.set(viewOf(latent).subarray(row * channels * plane, (row + 1) * channels * plane), row * all * plane);
    out.set(viewOf(more).subarray(row * more.channels * plane, (row + 1) * more.channels * plane), (row * all + channels) * plane);
  }
  return new Latent(owned(out), [batch, all, height, width]);
}
