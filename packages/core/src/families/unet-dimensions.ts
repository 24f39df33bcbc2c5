import type { UnetConfig } from '@armature/nn';
import type { SidecarReader } from './sidecar-reader.js';
import type { WeightShapes } from './weight-shapes.js';

interface Level {
  readonly width: number;
  readonly blocks: number;
  readonly depth: number;
}

export interface UnetDefaults {
  /** Attention heads when no yaml tells them. */
  readonly heads: UnetConfig['heads'];
}

/** The dimensions of an openaimodel UNet, all but the heads from its tensors' shapes. */
export function unetDimensions(shapes: WeightShapes, prefix: string, ldm: SidecarReader, { heads }: UnetDefaults): UnetConfig {
  const conv = (key: string, axis: number) => shapes.length(`${prefix}${key}.weight`, axis, 4, 'unet');
  const modelChannels = conv('input_blocks.0.0', 0);
  const levels = readLevels(shapes, prefix);
  const numResBlocks = levels[0]!.blocks;
  if (levels.some(({ blocks, width }) => blocks !== numResBlocks || width % modelChannels !== 0)) {
    shapes.config(
      `its UNet has levels of ${levels.map(({ blocks, width }) => `${blocks}×${width}`).join(', ')} channels, which no network of this layout has`,
    );
  }
  const transformer = levels.findIndex(({ depth }) => depth > 0);
  const vector = `${prefix}label_emb.0.0.weight`;
  const block = `${prefix}input_blocks.${1 + transformer * (numResBlocks + 1)}.1.`;
  if (transformer < 0) shapes.config('its UNet has no transformer');
  return {
    inChannels: conv('input_blocks.0.0', 1),
    outChannels: conv('out.2', 0),
    modelChannels,
    channelMult: levels.map(({ width }) => width / modelChannels),
    numResBlocks,
    transformerDepth: levels.map(({ depth }) => depth),
    middleTransformerDepth: shapes.countModules(`${prefix}middle_block`) > 2 ? transformerBlocks(shapes, `${prefix}middle_block.1`) : 0,
    contextDim: shapes.length(`${block}transformer_blocks.0.attn2.to_k.weight`, 1, 2, 'unet'),
    heads: readHeads(shapes, ldm, levels, heads),
    linearProjection: shapes.rank(`${block}proj_in.weight`, 'unet') === 2,
    ...(shapes.has(vector) && { vectorDim: shapes.length(vector, 1, 2, 'unet') }),
  };
}

/** Transformer blocks of the spatial transformer at a path. */
const transformerBlocks = (shapes: WeightShapes, path: string): number => Math.max(1, shapes.countModules(`${path}.transformer_blocks`));

/** Walks the input blocks: a level ends with a block that is only a convolution of stride 2. */
function readLevels(shapes: WeightShapes, prefix: string): readonly Level[] {
  const blocks = shapes.countModules(`${prefix}input_blocks`);
  const levels: Level[] = [];
  let first = 1;
  for (let at = 1; at <= blocks; at++) {
    if (at < blocks && !shapes.hasModule(`${prefix}input_blocks.${at}.0.op`)) continue;
    const stages = Array.from({ length: at - first }, (_, stage) => `input_blocks.${first + stage}`);
    const width = shapes.length(`${prefix}input_blocks.${first}.0.in_layers.2.weight`, 0, 4, `unet.input_blocks.${first}.0`);
    const transformers = stages.map((stage) => `${prefix}${stage}.1`).filter((path) => shapes.hasModule(path));
    const depth = Math.max(0, ...transformers.map((path) => transformerBlocks(shapes, path)));
    levels.push({ width, blocks: stages.length, depth });
    first = at + 1;
  }
  return levels;
}

function readHeads(shapes: WeightShapes, ldm: SidecarReader, levels: readonly Level[], usual: UnetConfig['heads']): UnetConfig['heads'] {
  // SDXL's yaml calls the UNet's settings otherwise.
  const told = (name: string) => ldm.count(...params('unet_config'), name) ?? ldm.count(...params('network_config'), name);
  const [channels, count] = [told('num_head_channels'), told('num_heads')];
  const named = channels === undefined ? count !== undefined && { count } : { channels };
  const heads = named || usual;
  const size = 'count' in heads ? heads.count : heads.channels;
  const odd = levels.find(({ width, depth }) => depth > 0 && width % size !== 0);
  const shown = 'count' in heads ? `1/${size}` : size;
  if (odd) shapes.config(`${odd.width} channels do not divide into heads of ${shown}: check num_heads in the .yaml`);
  return heads;
}

const params = (network: string): readonly string[] => ['model', 'params', network, 'params'];
