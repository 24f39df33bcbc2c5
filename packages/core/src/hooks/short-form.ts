/** A value in few words, for messages: `false`, `array of 3`, `Raster`, `"abc"`. */
export function shortForm(value: unknown): string {
  if (value === null || ['undefined', 'boolean', 'number', 'bigint'].includes(typeof value)) return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'symbol') return 'a symbol';
  const { name = '' } = (Object.getPrototypeOf(value)?.constructor as { name?: string } | undefined) ?? {};
  const shape = (value as { shape?: unknown }).shape;
  const dims = Array.isArray(shape) ? ` [${shape.join(', ')}]` : '';
  return name === '' || name === 'Object' ? 'a plain object' : `a ${name}${dims}`;
}
