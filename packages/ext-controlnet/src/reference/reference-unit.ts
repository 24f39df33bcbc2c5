import type { JobInfo, Latent } from '@armature/sdk';
import { findModule } from '../modules/control-modules.js';
import type { ControlUnit } from '../units/control-unit.js';
import { mapsOf } from '../units/prepare-unit.js';
import type { SizedMaps, UnitParts } from '../units/ready-unit.js';
import { unitNumbers } from '../units/unit-numbers.js';
import type { Pixels } from '../vision/pixels.js';

/** A unit that shows its picture to the UNet. */
export interface ReferenceUnit {
  readonly index: number;
  readonly unit: ControlUnit;
  readonly maps: SizedMaps;
  readonly latents: Map<Pixels, Promise<Latent>>;
  readonly keeps: { readonly attention: boolean; readonly statistics: boolean };
  /** How much the negative prompt's rows stay what they are, where the mode is balanced. */
  readonly fidelity: number;
}

/** @throws HostError CONTROL_UNFIT */
export async function prepareReference(parts: UnitParts, index: number, unit: ControlUnit, job: JobInfo): Promise<ReferenceUnit> {
  const maps = await mapsOf(parts, index, unit, job);
  const module = findModule(unit.module)!;
  return { index, unit, maps, latents: new Map(), keeps: module.reference!, fidelity: unitNumbers(unit, module).a };
}
