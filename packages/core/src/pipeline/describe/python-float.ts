import type { DescribedValue } from './described-field.js';

/** As the reference prints a float: always with a decimal point. */
export function pythonFloat(value: number): DescribedValue & object {
  return { text: Number.isInteger(value) ? value.toFixed(1) : String(value), value };
}
