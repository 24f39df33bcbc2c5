import { Tensor } from '@armature/sdk';
import type { ControlUnit } from './control-unit.js';

const adapterSoftness = [0.25, 0.62, 0.825, 1];

interface ScaleQuestion {
  readonly unit: ControlUnit;
  readonly adapter: boolean;
  /** Of the network; the softest has the same weight whatever their number, as in the original. */
  readonly outputs: number;
  readonly pooled: boolean;
  /** Weighted softly whatever the mode. */
  readonly soft: boolean;
  readonly rows: number;
  readonly positiveRows: number;
}

/** Weights of each output for each row, [rows,outputs]: weight, control mode and the weights of blocks in one. */
export function unitScales({ unit, adapter, outputs, pooled, soft: always, rows, positiveRows }: ScaleQuestion): Tensor {
  const soft = unit.control_mode !== 'Balanced' || always;
  const softness = Array.from({ length: outputs }, (_, at) => (!soft ? 1 : adapter ? adapterSoftness[at]! : 0.825 ** (12 - at)));
  const own = Array.isArray(unit.advanced_weighting) ? (unit.advanced_weighting as readonly number[]).slice(0, outputs) : undefined;
  const weights = own ?? softness.map((value) => value * unit.weight);
  const onlyPrompt = unit.control_mode === 'ControlNet is more important' || pooled;
  const count = onlyPrompt || !adapter ? rows : 1;
  const values = Array.from({ length: count }, (_, row) => weights.map((weight) => (onlyPrompt && row >= positiveRows ? 0 : weight)));
  return new Tensor(values.flat(), [count, outputs]);
}
