import { HostError, type WeightEntry, type WeightMap } from '@armature/sdk';
import { withDifference, withLowRank } from './base-sum.js';
import { fromDiffusers, fromDiffusersAdapter } from './diffusers-names.js';
import { namedWeights } from './named-weights.js';

/** What a model file is: a copy of the UNet's encoder, changes to one, or a small network of features. */
export type ControlKind = 'control-net' | 'control-lora' | 'difference' | 'adapter' | 'light-adapter';

/** A model file, sorted: its tensors under the original layout's names. */
export interface ControlFile {
  readonly kind: ControlKind;
  readonly entries: ReadonlyMap<string, WeightEntry>;
}

/** What a file is known by. @throws HostError CONTROL_MODEL_UNKNOWN */
export function sortControlFile(weights: WeightMap, path: string): ControlFile {
  const has = (key: string): boolean => weights.keys.has(key) || weights.keys.has(`control_model.${key}`);
  const named = (name: (key: string) => string | undefined) => entriesOf(weights, name);
  if (has('lora_controlnet')) return { kind: 'control-lora', entries: named(plainName) };
  if (has('controlnet_cond_embedding.conv_in.weight')) return { kind: 'control-net', entries: named(fromDiffusers) };
  if (has('input_hint_block.0.weight')) return { kind: has('difference') ? 'difference' : 'control-net', entries: named(plainName) };
  const adapter = named([...weights.keys].some((key) => key.includes('.resnets.')) ? fromDiffusersAdapter : (key) => key);
  if (adapter.has('conv_in.weight') && adapter.has('body.0.block1.weight')) return { kind: 'adapter', entries: adapter };
  if (adapter.has('body.0.out_conv.weight')) return { kind: 'light-adapter', entries: adapter };
  throw new HostError('CONTROL_MODEL_UNKNOWN', { path, seen: [...weights.keys].slice(0, 3).join(', ') || 'no tensors' });
}

/** Needs the checkpoint's own tensors: what it holds are changes to them. */
export const needsBase = ({ kind }: ControlFile): boolean => kind === 'control-lora' || kind === 'difference';

/** The tensors a network of the file is emitted from; `base`: those of the checkpoint. */
export function weightsOf({ kind, entries }: ControlFile, base: WeightMap | undefined): WeightMap {
  if (!base || !(kind === 'control-lora' || kind === 'difference')) return namedWeights(entries);
  return namedWeights(kind === 'difference' ? withDifference(entries, base) : withLowRank(entries, base));
}

/** Width of the text that a copy of a UNet was made for; undefined: the file does not tell. */
export function contextWidth({ entries }: ControlFile): number | undefined {
  for (const [key, { shape }] of entries) if (/\.attn2\.to_k\.(weight|down)$/.test(key)) return shape[1];
  return undefined;
}

const plainName = (key: string): string => key.replace(/^control_model\./, '');

function entriesOf(weights: WeightMap, name: (key: string) => string | undefined): ReadonlyMap<string, WeightEntry> {
  const entries = new Map<string, WeightEntry>();
  for (const key of weights.keys) {
    const entry = weights.get(key);
    const own = name(key);
    if (entry && own !== undefined) entries.set(own, { ...entry, key: own, read: () => entry.read() });
  }
  return entries;
}
