import { randomInt } from 'node:crypto';
import { field, type PreprocessorContribution } from '@armature/sdk';
import { pixelsOf, rasterOf, toRgb } from '../vision/pixels.js';
import type { ControlModule } from './control-module.js';

/** The name of a slider's field: `Low Threshold` → `low_threshold`. */
const keyOf = (label: string): string =>
  label
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_|_$/g, '');

/** A module as everybody can pick it: in units, by `armature preprocess`, from other extensions. */
export function preprocessorOf({ name, label, tags, priority, file, masked = false, ...module }: ControlModule): PreprocessorContribution {
  const keys = module.sliders.map((slider) => keyOf(slider.label));
  const sliders = module.sliders.map(({ min, max, step, value, label }, at) => {
    const whole = Number.isInteger(step) && Number.isInteger(value);
    return [keys[at]!, (whole ? field.integer : field.number)(value, { min, max, step }).label(label)] as const;
  });
  const seedField = field.integer(-1, { min: -1, max: 2 ** 32 - 1 }).label('Seed');
  const resolution = field.integer(512, { min: 64, max: 2048, step: 8 }).label('Resolution');
  return {
    name,
    tags,
    priority,
    masked,
    ...(label !== undefined && { label }),
    ...(file !== undefined && { file }),
    fields: { ...(module.resolution && { resolution }), ...Object.fromEntries(sliders), ...(module.draws && { seed: seedField }) },
    async process(image, { args, signal }) {
      const number = (key: string | undefined): number => (args as Readonly<Record<string, number>>)[key ?? ''] ?? 0;
      const { ownResolution = number('resolution') } = module;
      const seed = module.draws && number('seed') >= 0 ? number('seed') : randomInt(2 ** 32);
      const numbers = { resolution: ownResolution, a: number(keys[0]), b: number(keys[1]), seed };
      const given = pixelsOf(image);
      const map = await module.run!(masked ? given : toRgb(given), numbers, signal);
      return rasterOf(masked ? map : toRgb(map));
    },
  };
}
