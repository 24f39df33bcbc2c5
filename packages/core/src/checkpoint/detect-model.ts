import type { DetectAnswer, DetectedModel, DetectQuestion, ModelFamilyContribution, SidecarConfig, WeightMap } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { describeKeys } from './key-layout.js';

export interface DetectRequest {
  readonly weights: WeightMap & { readonly path: string };
  readonly sidecar: SidecarConfig | undefined;
  /** Tried in order. */
  readonly families: readonly ModelFamilyContribution[];
  /** The `model.detect` hook: names a family before the families' own rules are asked. */
  readonly ask?: ((question: DetectQuestion) => Promise<DetectAnswer | undefined>) | undefined;
}

/** What tools call the tensor that says so. */
const SCALED = 'scaled_fp8';

/**
 * The family a checkpoint belongs to and what the family knows of it.
 * @throws HostError CKPT_FAMILY_UNKNOWN, CKPT_DTYPE, or a CKPT_* of a family that knows the file as its own but broken.
 */
export async function detectModel({ weights, sidecar, families, ask }: DetectRequest): Promise<DetectedModel> {
  const { path } = weights;
  assertUnscaled(weights);
  const answer = await ask?.({ weights, path });
  const asked = answer ? families.filter(({ name }) => name === answer.family) : families;
  for (const family of asked) {
    const detected = await family.detect(weights, sidecar);
    if (detected) return detected;
  }
  const named = families.map(({ name }) => name).join(', ') || 'none';
  const problem = answer
    ? `an extension says it is of the family "${answer.family}", which ${asked.length > 0 ? 'does not accept it' : `nobody contributes (known: ${named})`}`
    : `${describeUnknown(weights.keys)}; known families: ${named}`;
  throw new HostError('CKPT_FAMILY_UNKNOWN', { path, problem });
}

/** Some tools keep scales beside 8-bit weights; without them every picture would be wrong. */
function assertUnscaled({ keys, path }: DetectRequest['weights']): void {
  if (keys.has(SCALED)) throw new HostError('CKPT_DTYPE', { path, key: SCALED, dtype: '8-bit floats with scales beside them' });
}

function describeUnknown(keys: ReadonlySet<string>): string {
  if (keys.size === 0) return 'it holds no tensors';
  const layout = describeKeys(keys);
  if (!layout) return `its tensors look like no known layout (${[...keys].slice(0, 3).join(', ')}…)`;
  if (layout.kind === 'checkpoint') return `it looks like ${layout.what}, whose family is not loaded, or which is incomplete`;
  return `it looks like ${layout.what}, not a checkpoint`;
}
