import type { UnetConfig } from '@armature/nn';
import type { ModelInfo, NetworkSession } from '@armature/sdk';
import { needsBase, weightsOf } from '../files/control-file.js';
import { emitControl, emitHint, isAdapter } from '../networks/control-network.js';
import type { ReadyUnit, UnitParts } from './ready-unit.js';

/** Loads a part of a unit's model: what sees the picture once, or what runs in every step. @throws HostError CKPT_*, RUNTIME_MEMORY */
export async function openControl(
  { sessions, weights }: UnitParts,
  { file, path, weightsId, pooled }: ReadyUnit,
  model: ModelInfo,
  { unet, part }: { readonly unet: UnetConfig; readonly part: 'hint' | 'steps' },
): Promise<NetworkSession> {
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
