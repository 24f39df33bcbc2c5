import { createFakeClock, type FakeClock } from '@armature/testing';

/**
 * Time that stands still, so that a slow machine makes nobody late. A fixture that hangs says so with `armatureHangs()`: its
 * deadline, the only one that waits then, is reached at once.
 */
export function hangClock(): FakeClock {
  const clock = createFakeClock();
  // After this turn: the guard then counts the time of the tap.
  Reflect.set(globalThis, 'armatureHangs', () => queueMicrotask(() => clock.advanceToNext()));
  return clock;
}
