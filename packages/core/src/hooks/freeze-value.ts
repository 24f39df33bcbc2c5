const refuse = (): never => {
  throw new TypeError('this map is read-only: return a new one');
};

/**
 * Makes a plain value read-only before an extension sees it, its lists and maps included: a tap that writes into it fails
 * by name and leaves nothing behind. Latents, rasters and other values with a class guard themselves; objects with
 * functions keep state of their own and are left alone.
 */
export function freezeValue(value: unknown, depth = 3): void {
  if (typeof value !== 'object' || value === null || depth === 0) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Array.isArray(value)) {
    Object.freeze(value);
    if (typeof value[0] === 'object') for (const item of value) freezeValue(item, depth - 1);
  } else if (prototype === Object.prototype || prototype === null) {
    const members: readonly unknown[] = Object.values(value);
    if (members.some((member) => typeof member === 'function')) return;
    Object.freeze(value);
    for (const member of members) freezeValue(member, depth - 1);
  } else if (value instanceof Map && value.set !== refuse) {
    for (const name of ['set', 'delete', 'clear']) Object.defineProperty(value, name, { value: refuse });
  }
}
