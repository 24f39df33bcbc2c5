import { defineExtension, field, Latent } from '@armature/sdk';

const args = {
  amount: field.number(0, { min: 0, max: 1, step: 0.05 }).label('Share of the held guidance (0: plain CFG)').infotext('Dynamic CFG amount'),
  like: field.number(7, { min: 1, max: 30 }).label('CFG scale whose range of values is kept').infotext('Dynamic CFG like'),
  percentile: field.number(1, { min: 0.9, max: 1 }).label('Values beyond this percentile are cut').infotext('Dynamic CFG percentile'),
  mode: field.choice(['Constant', 'Linear Down', 'Cosine Down', 'Linear Up']).label('CFG scale over the run').infotext('Dynamic CFG mode'),
  floor: field.number(1, { min: 1, max: 30 }).label('Lowest CFG scale').infotext('Dynamic CFG floor'),
};

/** Share of the way from the lowest CFG scale to the request's, after `progress` 0…1 of the run. */
const shapes = {
  Constant: () => 1,
  'Linear Down': (progress: number) => 1 - progress,
  'Cosine Down': (progress: number) => Math.cos((progress * Math.PI) / 2),
  'Linear Up': (progress: number) => progress,
} as const;

/**
 * A high CFG scale draws strongly and burns colours. Here it draws, and a second, lower scale says how far values may go: each
 * channel is cut at a percentile and brought to the mean and range it would have at that scale (after the dynamic thresholding
 * of Imagen, Saharia et al. 2022, which cuts pixels).
 */
export default defineExtension({
  args,
  a1111: { title: 'Dynamic CFG', positional: ['enabled', 'amount', 'like', 'percentile', 'mode', 'floor'] },
  setup({ hooks }) {
    hooks.sampling.guidance.tap(({ cond, uncond, cfgScale }, ctx) => {
      const { amount, like, percentile, mode, floor } = ctx.args;
      // No opinion leaves guidance to the host: the picture is the plain one, bit for bit.
      if (amount === 0) return;
      const scale = floor + (cfgScale - floor) * shapes[mode](ctx.step.progress);
      const direction = cond.sub(uncond);
      const guided = uncond.add(direction.scale(scale));
      const held = holdRange(guided, uncond.add(direction.scale(like)), percentile);
      return guided.lerp(held, amount);
    });
  },
});

/** Brings every channel of `guided` to the mean and the range that it has in `like`. */
function holdRange(guided: Latent, like: Latent, percentile: number): Latent {
  const values = guided.toFloat32Array();
  const model = like.toFloat32Array();
  const area = guided.height * guided.width;
  for (let start = 0; start < values.length; start += area) {
    const channel = values.subarray(start, start + area);
    const given = spreadOf(channel, percentile);
    const wanted = spreadOf(model.subarray(start, start + area), 1);
    const limit = Math.max(given.reach, wanted.reach);
    if (limit === 0) continue;
    for (const [i, value] of channel.entries()) {
      const cut = Math.min(limit, Math.max(-limit, value - given.mean));
      channel[i] = wanted.mean + (cut / limit) * wanted.reach;
    }
  }
  return new Latent(values, guided.shape);
}

/** Mean, and how far values stray from it: the largest distance at percentile 1, below it interpolated between two. */
function spreadOf(values: Float32Array, percentile: number): { readonly mean: number; readonly reach: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const distances = values.map((value) => Math.abs(value - mean)).sort();
  const place = percentile * (distances.length - 1);
  const [below = 0, above = below] = [distances[Math.floor(place)], distances[Math.ceil(place)]];
  return { mean, reach: below + (above - below) * (place - Math.floor(place)) };
}
