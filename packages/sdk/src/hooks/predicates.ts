/** Small checks of which the guards of hooks are made. */
export type Predicate = (value: unknown) => boolean;

export const isText: Predicate = (value) => typeof value === 'string';
export const isTextOrAbsent: Predicate = (value) => value === undefined || isText(value);
export const isNumber: Predicate = (value) => Number.isFinite(value);
export const isCount: Predicate = (value) => Number.isInteger(value) && (value as number) >= 0;
/** An object with named members: no array, no null. */
export const isObject: Predicate = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
export const listOf =
  (item: Predicate): Predicate =>
  (value) =>
    Array.isArray(value) && value.every(item);
/** An object all of whose members pass. */
export const mapOf =
  (item: Predicate): Predicate =>
  (value) =>
    isObject(value) && Object.values(value as object).every(item);
