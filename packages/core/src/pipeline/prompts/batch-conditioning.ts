import type { Conditioning, Tensor } from '@armature/sdk';
import type { Settings } from '../../api/index.js';
import type { Emphasis } from '../../prompt/index.js';
import type { PictureWeights, PositiveRows } from '../../sampling/index.js';
import type { ConditionTimeline } from './condition-timeline.js';
import { differ, padNegative, padWithEmpty, type Sides } from './pad-conditioning.js';

/** One side of a batch: a value for each moment of its schedules. */
export interface EncodedSide {
  readonly conditionings: readonly Conditioning[];
  readonly calls: ConditionTimeline<Conditioning>['calls'];
}

/** What a batch is conditioned on at the 0-based denoiser call `call`; the sides may differ in token length. */
export interface BatchConditioning {
  positive(call: number): PositiveRows;
  negative(call: number): Conditioning;
  /** The emphasis mode, if a prompt has brackets and the mode is not the usual one. */
  readonly emphasis: Emphasis | undefined;
  /** The old meaning of numbers in prompts made a difference. */
  readonly oldTimelines: boolean;
  /** Embeddings in the prompts, `name: hash, …`. */
  readonly usedEmbeddings: string | undefined;
  /** How the sides were brought to one length, by its name in the parameters. */
  readonly padded: 'Pad conds' | 'Pad conds v0' | undefined;
}

export interface BatchSides {
  readonly positive: EncodedSide;
  readonly negative: EncodedSide;
  readonly weights: PictureWeights;
  readonly emphasis: BatchConditioning['emphasis'];
  readonly oldTimelines: boolean;
  readonly usedEmbeddings: string | undefined;
  readonly settings: Pick<Settings, 'pad_cond_uncond' | 'pad_cond_uncond_v0'>;
  /** Hidden states of the empty prompt. */
  readonly empty: () => Promise<Tensor>;
}

/** The encoded sides of a batch as sampling reads them. */
export async function batchConditioning(batch: BatchSides): Promise<BatchConditioning> {
  const { positive, negative, weights, emphasis, oldTimelines, usedEmbeddings, settings, empty } = batch;
  const { sides, padded } = await pad({ positive: positive.conditionings, negative: negative.conditionings }, settings, empty);
  const plain = weights.every((parts) => parts.length === 1 && parts[0] === 1);
  const rows = sides.positive.map((conditioning): PositiveRows => ({ conditioning, weights: plain ? undefined : weights }));
  return {
    positive: (call) => rows[positive.calls[call] ?? 0] as PositiveRows,
    negative: (call) => sides.negative[negative.calls[call] ?? 0] as Conditioning,
    emphasis,
    oldTimelines,
    usedEmbeddings,
    padded,
  };
}

async function pad(
  sides: Sides,
  settings: BatchSides['settings'],
  empty: BatchSides['empty'],
): Promise<{ sides: Sides; padded: BatchConditioning['padded'] }> {
  if (!differ(sides)) return { sides, padded: undefined };
  if (settings.pad_cond_uncond_v0) return { sides: padNegative(sides), padded: 'Pad conds v0' };
  if (settings.pad_cond_uncond) return { sides: padWithEmpty(sides, await empty()), padded: 'Pad conds' };
  return { sides, padded: undefined };
}
