import type { ControlModule, ModuleNumbers, Slider } from '../modules/control-module.js';
import type { ControlUnit } from './control-unit.js';

/** What a slider that a module does not have is set to. */
const hidden: Slider = { label: '', min: 0, max: 1, step: 0.01, value: 0.5, decimal: true };
const resolution: Slider = { label: 'Resolution', min: 64, max: 2048, step: 8, value: 512 };

/** A number outside the slider is its default. */
const within = (value: number, slider: Slider): number => (value >= slider.min && value <= slider.max ? value : slider.value);

const resolutionOf = (module: ControlModule): Slider | undefined =>
  module.resolution === true ? resolution : module.resolution || undefined;

export function slidersOf(module: ControlModule): readonly Slider[] {
  const own = resolutionOf(module);
  return own ? [own, ...module.sliders] : module.sliders;
}

export function unitNumbers(
  unit: Pick<ControlUnit, 'processor_res' | 'threshold_a' | 'threshold_b'>,
  module: ControlModule,
): Omit<ModuleNumbers, 'seed'> {
  return {
    resolution: module.ownResolution ?? within(unit.processor_res, resolutionOf(module) ?? hidden),
    a: within(unit.threshold_a, module.sliders[0] ?? hidden),
    b: within(unit.threshold_b, module.sliders[1] ?? hidden),
  };
}

const python = (value: number, decimal: boolean): string => (decimal && Number.isInteger(value) ? value.toFixed(1) : `${value}`);
const truth = (value: boolean): string => (value ? 'True' : 'False');

/** The parameters' word on a unit; undefined: a value would break the text. */
export function unitText(unit: ControlUnit, module: ControlModule): string | undefined {
  const numbers = unitNumbers(unit, module);
  const shown = (value: number, given: number, slider: Slider = hidden): string =>
    python(value, value === given || slider.decimal === true);
  const fields: readonly (readonly [string, string])[] = [
    ['Module', unit.module],
    ['Model', unit.model],
    ['Weight', python(unit.weight, true)],
    ['Resize Mode', resizeModeOf(unit)],
    ['Processor Res', python(numbers.resolution, false)],
    ['Threshold A', shown(numbers.a, unit.threshold_a, module.sliders[0])],
    ['Threshold B', shown(numbers.b, unit.threshold_b, module.sliders[1])],
    ['Guidance Start', python(unit.guidance_start, true)],
    ['Guidance End', python(unit.guidance_end, true)],
    ['Pixel Perfect', truth(unit.pixel_perfect)],
    ['Control Mode', unit.control_mode],
  ];
  if (fields.some(([, value]) => /[,:]/.test(value))) return undefined;
  return fields.map(([key, value]) => `${key}: ${value}`).join(', ');
}

/** Older names of resize modes. */
export function resizeModeOf({
  resize_mode: mode,
}: Pick<ControlUnit, 'resize_mode'>): 'Just Resize' | 'Crop and Resize' | 'Resize and Fill' {
  if (mode.includes('Inner Fit')) return 'Crop and Resize';
  if (mode.includes('Outer Fit')) return 'Resize and Fill';
  return mode as 'Just Resize';
}
