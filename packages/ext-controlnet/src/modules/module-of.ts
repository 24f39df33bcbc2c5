import { fieldJsonSchema, type PreprocessorContribution } from '@armature/sdk';
import { pixelsOf, rasterOf } from '../vision/pixels.js';
import type { ControlModule, Slider } from './control-module.js';

interface NumberSchema {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly default?: number;
  readonly step?: number;
  readonly title?: string;
}

/** A preprocessor of another extension as units see it: its first two numbers are what clients call the thresholds. */
export function moduleOf(from: PreprocessorContribution): ControlModule {
  const { name, label, tags = [], priority = 0, masked = false, fields = {} } = from;
  const schemas = Object.entries(fields).map(([key, schema]) => [key, fieldJsonSchema(schema) as NumberSchema] as const);
  const numbers = schemas.filter(([key, { type }]) => key !== 'resolution' && (type === 'number' || type === 'integer'));
  const defaults = Object.fromEntries(Object.entries(fields).map(([key, schema]) => [key, schema.safeParse(undefined).data]));
  const fitting = (key: string | undefined, value: number): Readonly<Record<string, unknown>> => {
    const parsed = fields[key ?? '']?.safeParse(value);
    return parsed?.success ? { [key!]: parsed.data } : {};
  };
  return {
    name,
    ...(label !== undefined && { label }),
    tags,
    priority,
    resolution: fields.resolution ? sliderOf('resolution', fieldJsonSchema(fields.resolution)) : false,
    sliders: numbers.map(([key, schema]) => sliderOf(key, schema)),
    masked,
    async run(image, { resolution, a, b }, signal) {
      const set = { ...fitting('resolution', resolution), ...fitting(numbers[0]?.[0], a), ...fitting(numbers[1]?.[0], b) };
      return pixelsOf(await from.process(rasterOf(image), { args: { ...defaults, ...set }, signal }));
    },
  };
}

function sliderOf(key: string, { type, minimum = 0, maximum = 1, step, title = key, ...schema }: NumberSchema): Slider {
  const decimal = type === 'number';
  return { label: title, min: minimum, max: maximum, value: schema.default ?? minimum, step: step ?? (decimal ? 0.01 : 1), decimal };
}
