import type { Clock } from '@armature/core';

/** A clock that stands still until a test moves it: for `createTestHost({ clock })`. */
export interface FakeClock extends Clock {
  /** How many deadlines are waiting to be reached. */
  readonly pending: number;
  /** Moves time on by so many milliseconds and calls what has become due, earliest first. */
  advance(milliseconds: number): void;
  /** Moves time on to the earliest deadline and calls it. @returns false when none is waiting. */
  advanceToNext(): boolean;
}

interface Alarm {
  readonly at: number;
  readonly fn: () => void;
}

/** @param start anything `Date` reads; default noon UTC of 1 January 2026. @throws RangeError when it is no date */
export function createFakeClock(start: Date | string | number = '2026-01-01T12:00:00Z'): FakeClock {
  let now = new Date(start).getTime();
  if (Number.isNaN(now))
    throw new RangeError(`a clock cannot start at ${JSON.stringify(start)}: give a date, such as 2026-01-01T12:00:00Z`);
  const alarms = new Set<Alarm>();
  const earliest = (until: number): Alarm | undefined => {
    let next: Alarm | undefined;
    for (const alarm of alarms) if (alarm.at <= until && (!next || alarm.at < next.at)) next = alarm;
    return next;
  };
  const ring = (alarm: Alarm): void => {
    alarms.delete(alarm);
    now = Math.max(now, alarm.at);
    alarm.fn();
  };
  return {
    get pending() {
      return alarms.size;
    },
    now: () => now,
    after(milliseconds, fn) {
      const alarm = { at: now + milliseconds, fn };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
    advance(milliseconds) {
      const until = now + milliseconds;
      for (let alarm = earliest(until); alarm; alarm = earliest(until)) ring(alarm);
      now = Math.max(now, until);
    },
    advanceToNext() {
      const alarm = earliest(Number.POSITIVE_INFINITY);
      if (alarm) ring(alarm);
      return alarm !== undefined;
    },
  };
}
