import { HostError } from '@armature/sdk';
import { type BlockWeights, blockWeights } from './block-weights.js';
import type { NetworkFile } from './network-file.js';

/** What a tag asks for. */
export interface NetworkWish {
  /** As the prompt writes it. */
  readonly name: string;
  /** Strength in the text encoder and in the UNet. */
  readonly te: number;
  readonly unet: number;
  /** Ranks that are used; undefined: all. */
  readonly ranks: number | undefined;
  /** Strength of each block, on top. */
  readonly blocks: BlockWeights | undefined;
}

/** A network that is in force for a job. */
export interface WantedNetwork extends NetworkWish {
  readonly file: NetworkFile;
}

interface Tag {
  readonly args: readonly string[];
  readonly named: Readonly<Record<string, string>>;
}

/**
 * `<lora:name:te:unet:ranks>`; `te=`, `unet=` and `dyn=` go before positions, the UNet's strength is the text encoder's where none is
 * written. @throws HostError PROMPT_INVALID for a strength that is no number.
 */
export function networkWish({ args, named }: Tag): NetworkWish {
  const [name = '', first, second, third] = args;
  const number = (text: string, what: string): number => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value)) return value;
    throw new HostError('PROMPT_INVALID', { problem: `<lora:${name}>: ${what} is ${JSON.stringify(text)}, which is no number` });
  };
  const te = number(named.te ?? first ?? '1', 'the strength');
  const unetText = named.unet ?? second;
  const rankText = named.dyn ?? third;
  const ranks = rankText === undefined ? undefined : Math.max(0, Math.trunc(number(rankText, 'the number of ranks')));
  const blocks = named.lbw === undefined ? undefined : blockWeights(named.lbw);
  return { name, te, unet: unetText === undefined ? te : number(unetText, 'the strength'), ranks, blocks };
}
