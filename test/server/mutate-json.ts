import type { Seeded } from './seeded.js';

/** Values that programs trip over. */
const oddities: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => -1,
  () => 0,
  () => 1e308,
  () => -1e308,
  () => 0.1,
  () => 2 ** 53,
  () => '',
  () => 'x'.repeat(5000),
  () => '\u0000\u202e\ud800',
  () => '../../../etc/passwd',
  () => 'http://127.0.0.1:1/x.png',
  () => 'data:image/png;base64,AAAA',
  () => 'iVBORw0KGgo=',
  () => '<lora:../../x:1>(((((a:1e9)))))[a:b:-3]',
  () => [],
  () => [null, [[[]]], {}],
  () => ({}),
  () => ({ ['__proto__']: { polluted: true }, constructor: 1 }),
  () => ({ args: [1, 2, 3] }),
];
const strangers = ['__proto__', 'constructor', 'unknown_field', 'enable_hr', 'script_name', 'override_settings', 'alwayson_scripts'];

type Holder = Record<string, unknown> | unknown[];

/** Every place in a JSON value that holds another. */
function places(value: unknown): readonly (readonly [holder: Holder, key: string | number])[] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key) => [[holder, key] as const, ...places((holder as Record<string, unknown>)[key])]);
}

/** A copy with one to three things changed: a value replaced or taken out, a field added. */
export function mutateJson(value: unknown, random: Seeded): unknown {
  const copy = structuredClone(value);
  for (let left = 1 + random.below(3); left > 0; left--) {
    const spots = places(copy);
    const [holder, key] = spots.length > 0 ? random.pick(spots) : [copy as Holder, 'prompt'];
    const fields = holder as Record<string | number, unknown>;
    const what = random.below(10);
    if (what < 7) fields[key] = random.pick(oddities)();
    else if (what < 8) delete fields[key];
    else
      Object.defineProperty(copy, random.pick(strangers), {
        value: random.pick(oddities)(),
        enumerable: true,
        configurable: true,
        writable: true,
      });
  }
  return copy;
}
