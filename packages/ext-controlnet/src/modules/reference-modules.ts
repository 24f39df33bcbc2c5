import { toRgb } from '../vision/pixels.js';
import type { ControlModule } from './control-module.js';

const row = (name: string, priority: number, reference: NonNullable<ControlModule['reference']>): ControlModule => ({
  name,
  tags: ['Reference'],
  priority,
  resolution: true,
  sliders: [{ label: 'Style Fidelity (only for Balanced mode)', min: 0, max: 1, step: 0.01, value: 0.5, decimal: true }],
  reference,
  run: toRgb,
});

/** Modules that show the picture to the UNet itself. */
export const referenceModules: readonly ControlModule[] = [
  row('reference_only', 100, { attention: true, statistics: false }),
  row('reference_adain', 0, { attention: false, statistics: true }),
  row('reference_adain+attn', 0, { attention: true, statistics: true }),
];
