import { countOf, type TensorShapes, type UpscalingNetwork } from '../upscaling-network.js';
import { swinIr } from './swin-ir.js';
import { type SwinIrFacts, type SwinIrLayer, swinIrEnd } from './swin-ir-facts.js';

/** SwinIR (Liang et al. 2021) in its four endings; undefined: the file holds none. */
export function readSwinIr(shapes: TensorShapes): UpscalingNetwork | undefined {
  const block = (layer: number, at: number): string => `layers.${layer}.residual_group.blocks.${at}`;
  const table = shapes.of(`${block(0, 0)}.attn.relative_position_bias_table`);
  const [width, inputs] = shapes.of('conv_first.weight') ?? [];
  const end = swinIrEnd(shapes);
  // HAT has the same layers, with a convolution beside each attention.
  if (shapes.of(`${block(0, 0)}.conv_block.cab.0.weight`) || !table || !width || inputs !== 3 || !end) return undefined;
  const window = (Math.sqrt(table[0] ?? 0) + 1) / 2;
  const layers = Array.from({ length: countOf(shapes, (at) => `${block(at, 0)}.norm1.weight`) }, (_, layer): SwinIrLayer => {
    const blocks = countOf(shapes, (at) => `${block(layer, at)}.norm1.weight`);
    return {
      heads: shapes.of(`${block(layer, 0)}.attn.relative_position_bias_table`)?.[1] ?? 1,
      hidden: shapes.of(`${block(layer, 0)}.mlp.fc1.weight`)?.[0] ?? 0,
      bias: shapes.of(`${block(layer, 0)}.attn.qkv.bias`) !== undefined,
      shifted: Array.from({ length: blocks }, (_, at) => shapes.of(`${block(layer, at)}.attn_mask`) !== undefined),
      convs: shapes.of(`layers.${layer}.conv.weight`) ? 1 : 3,
    };
  });
  const facts: SwinIrFacts = { width, window, layers, end, embedNorm: shapes.of('patch_embed.norm.weight') !== undefined };
  return { architecture: 'SwinIR', scale: end.scale, multiple: window, fixedSize: true, emit: (g, x) => swinIr(g, x, facts) };
}
