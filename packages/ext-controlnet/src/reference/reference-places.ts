import type { UnetConfig } from '@armature/nn';

/** A module of the UNet that keeps something of a reference, for units whose weight is above a bound. */
export interface ReferencePlace {
  readonly path: string;
  readonly above: number;
}

const repeat = <T>(count: number, item: (at: number) => T): readonly T[] => Array.from({ length: count }, (_, at) => item(at));

/** Levels of the UNet's numbered blocks with the width of each, on the way down or up; `resamples`: blocks that only change the size. */
function blocksOf({ channelMult, numResBlocks }: UnetConfig, way: 'down' | 'up') {
  const levels = [...channelMult.entries()];
  if (way === 'up') return levels.toReversed().flatMap((level) => repeat(numResBlocks + 1, () => level));
  return [undefined, ...levels.flatMap((level) => [...repeat(numResBlocks, () => level), undefined]).slice(0, -1)];
}

/**
 * Self-attentions. The widest keep a reference at any weight, the narrowest at large ones alone: their order is that of the original,
 * by width and then from the input to the output.
 */
export function attentionPlaces(config: UnetConfig): readonly ReferencePlace[] {
  const { modelChannels, channelMult, transformerDepth, middleTransformerDepth } = config;
  const within = (block: string, depth: number, mult: number) =>
    repeat(depth, (at) => ({ path: `unet.${block}.1.transformer_blocks.${at}.attn1`, width: mult * modelChannels }));
  const numbered = (way: 'down' | 'up', name: string) =>
    blocksOf(config, way).flatMap((level, at) => (level ? within(`${name}.${at}`, transformerDepth[level[0]]!, level[1]) : []));
  const all = [
    ...numbered('down', 'input_blocks'),
    ...within('middle_block', middleTransformerDepth, channelMult.at(-1)!),
    ...numbered('up', 'output_blocks'),
  ].toSorted((a, b) => b.width - a.width);
  return all.map(({ path }, at) => ({ path, above: at / all.length }));
}

/** Blocks in which AdaIN works, with twice the bounds that their order gives: the middle first, then from there to both ends. */
export function statisticsPlaces(config: UnetConfig): readonly ReferencePlace[] {
  const short = config.vectorDim !== undefined;
  const inputs = short ? [4, 5, 7, 8] : [4, 5, 7, 8, 10, 11];
  const outputs = repeat(short ? 6 : 8, (at) => at);
  const known = { down: blocksOf(config, 'down').length, up: blocksOf(config, 'up').length };
  return [
    { path: 'unet.middle_block', above: 0 },
    ...inputs
      .map((block, at) => ({ block, path: `unet.input_blocks.${block}`, above: 2 * (1 - at / inputs.length) }))
      .filter(({ block }) => block < known.down),
    ...outputs
      .map((block, at) => ({ block, path: `unet.output_blocks.${block}`, above: 2 * (at / outputs.length) }))
      .filter(({ block }) => block < known.up),
  ].map(({ path, above }) => ({ path, above }));
}
