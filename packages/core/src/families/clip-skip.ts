import type { GraphPlan } from '@armature/sdk';

/** The variant of a CLIP tower whose hidden state is chosen by `CLIP_stop_at_last_layers`; 1 is what it does anyway. */
export function clipSkip(settings: Readonly<Record<string, unknown>>): GraphPlan['variants'] {
  const skip = settings.CLIP_stop_at_last_layers;
  return typeof skip === 'number' && skip > 1 ? { clipSkip: skip } : {};
}
