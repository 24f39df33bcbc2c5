import { type FieldValues, field, HostError } from '@armature/sdk';

/** A request may have so many units. */
const mostUnits = 10;

const resizeModes = ['Crop and Resize', 'Just Resize', 'Resize and Fill'] as const;
const resizeAliases = [
  'Inner Fit (Scale to Fit)',
  'Scale to Fit (Inner Fit)',
  'Outer Fit (Shrink to Fit)',
  'Envelope (Outer Fit)',
] as const;

/** Fields of one unit under the names of the original; what it does not know is left out. */
export const unitShape = {
  enabled: field.boolean(false),
  module: field.text('none'),
  model: field.text('None'),
  weight: field.number(1, { min: 0, max: 2 }),
  image: field.json(),
  input_image: field.json(),
  mask: field.json(),
  mask_image: field.json(),
  resize_mode: field.choice([...resizeModes, ...resizeAliases]),
  low_vram: field.boolean(false),
  processor_res: field.number(-1),
  threshold_a: field.number(-1),
  threshold_b: field.number(-1),
  guidance_start: field.number(0, { min: 0, max: 1 }),
  guidance_end: field.number(1, { min: 0, max: 1 }),
  guidance: field.json(),
  pixel_perfect: field.boolean(false),
  control_mode: field.choice(['Balanced', 'My prompt is more important', 'ControlNet is more important']),
  inpaint_crop_input_image: field.boolean(true),
  hr_option: field.choice(['Both', 'Low res only', 'High res only']),
  save_detected_map: field.boolean(true),
  advanced_weighting: field.json(),
  effective_region_mask: field.json(),
};

export type ControlUnit = FieldValues<typeof unitShape>;

/** The same with what older clients say put in its place. */
export const currentUnit = (unit: ControlUnit): ControlUnit =>
  typeof unit.guidance === 'number' ? { ...unit, guidance_end: unit.guidance } : unit;

/** Those that count. */
export const countedUnits = (units: readonly ControlUnit[]): readonly ControlUnit[] => units.slice(0, mostUnits);

/** @throws HostError CONTROL_UNITS when an enabled one does not count */
export function assertAllCount(units: readonly ControlUnit[]): void {
  if (units.slice(mostUnits).some(({ enabled }) => enabled)) throw new HostError('CONTROL_UNITS', { most: mostUnits, seen: units.length });
}
