import { HostError } from '@armature/sdk';

/** Strengths of the parts of a UNet: `BASE` is the text encoder and what belongs to no block. */
export type BlockWeights = ReadonlyMap<string, number>;

const numbered = (name: string, numbers: readonly number[]): readonly string[] =>
  numbers.map((at) => `${name}${String(at).padStart(2, '0')}`);
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from + 1 }, (_, at) => from + at);
/** Blocks in the order of the list that the block weight extension of the webui reads: all, or those with attention only. */
const orders: readonly (readonly string[])[] = [
  ['BASE', ...numbered('IN', range(0, 11)), 'M00', ...numbered('OUT', range(0, 11))],
  ['BASE', ...numbered('IN', [1, 2, 4, 5, 7, 8]), 'M00', ...numbered('OUT', range(3, 11))],
];

/** `1,0,0.5,…` with 26 or 17 numbers. @throws HostError PROMPT_INVALID for any other list */
export function blockWeights(text: string): BlockWeights {
  const numbers = text.split(',').map((item) => (item.trim() === '' ? Number.NaN : Number(item)));
  const order = orders.find(({ length }) => length === numbers.length);
  if (!order || !numbers.every(Number.isFinite))
    throw new HostError('PROMPT_INVALID', { problem: `lbw is ${JSON.stringify(text)}, not a list of 26 or 17 numbers` });
  return new Map(order.map((block, at) => [block, numbers[at] as number]));
}

/** The strength of a module by the name of the checkpoint's; a block that the list leaves out keeps all of it. */
export function blockWeightOf(weights: BlockWeights, module: string): number {
  const [, kind, number = '0'] = /^diffusion_model_(input|middle|output)_block(?:s_(\d+))?_/.exec(module) ?? [];
  const starts: Readonly<Record<string, string>> = { input: 'IN', middle: 'M', output: 'OUT' };
  const block = kind === undefined ? 'BASE' : `${starts[kind]}${(kind === 'middle' ? '0' : number).padStart(2, '0')}`;
  return weights.get(block) ?? 1;
}
