import type { UnetConfig } from '@armature/nn';
import { HostError, type ModelInfo, type NetworkSession } from '@armature/sdk';
import { contextWidth, needsBase, weightsOf } from '../files/control-file.js';
import { emitControl, emitHint, isAdapter } from '../networks/control-network.js';
import type { ReadyUnit, UnitParts } from './ready-unit.js';

interface Wanted {
  /** Number of the unit, for those who are told of it. */
  readonly unit: number;
  /** The checkpoint's. */
  readonly unet: UnetConfig | undefined;
  readonly part: 'hint' | 'steps';
}

/**
 * Loads a part of a unit's model: what sees the picture once, or what runs in every step.
 * @throws HostError CONTROL_UNFIT, CKPT_*, RUNTIME_MEMORY
 */
export async function openControl(
  { sessions, weights }: UnitParts,
  ready: ReadyUnit,
  model: ModelInfo,
  wanted: Wanted,
): Promise<NetworkSession> {
  const { file, path, weightsId, pooled } = ready;
  const { part } = wanted;
  const unet = fitting(ready, model, wanted);
  const base = needsBase(file) ? await weights.open(model.path) : undefined;
  try {
    return await sessions.open({
      key: JSON.stringify([part, weightsId, base?.weightsId ?? '', isAdapter(file) ? '' : unet, pooled]),
      weightsPath: path,
      weightPrefix: '',
      weights: weightsOf(file, base),
      emit: (g) => (part === 'hint' ? emitHint(g, unet) : emitControl(g, file, unet, pooled)),
    });
  } finally {
    await base?.close();
  }
}

function fitting({ file }: ReadyUnit, { name, family }: ModelInfo, { unit, unet }: Wanted): UnetConfig {
  if (!unet) throw new HostError('CONTROL_UNFIT', { unit, problem: 'the checkpoint has no UNet that it could control' });
  const width = contextWidth(file) ?? unet.contextDim;
  if (width === unet.contextDim) return unet;
  const problem = `its model is for checkpoints with text of width ${width}, ${name} has ${unet.contextDim}; choose a model made for ${family}`;
  throw new HostError('CONTROL_UNFIT', { unit, problem });
}
