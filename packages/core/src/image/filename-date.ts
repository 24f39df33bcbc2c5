/** A moment on the clock of a time zone. */
interface ClockTime {
  readonly year: number;
  /** 1…12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** Minutes ahead of UTC. */
  readonly offset: number;
  /** 0: Sunday */
  readonly weekday: number;
  /** 0-based day of the year. */
  readonly yearDay: number;
  zoneName(): string;
}

const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;
const months = 'January February March April May June July August September October November December'.split(' ');
const dayLength = 86_400_000;

const padded = (value: number, size = 2, fill = '0'): string => String(value).padStart(size, fill);
const twelve = (hour: number): number => hour % 12 || 12;
const offsetText = (offset: number): string =>
  `${offset < 0 ? '-' : '+'}${padded(Math.trunc(Math.abs(offset) / 60))}${padded(Math.abs(offset) % 60)}`;

/** Directives of C's `strftime` as Python documents them, in English, with a few of the GNU C library. */
const directives: Readonly<Record<string, (time: ClockTime) => string>> = {
  a: ({ weekday }) => (days[weekday] as string).slice(0, 3),
  A: ({ weekday }) => days[weekday] as string,
  w: ({ weekday }) => String(weekday),
  d: ({ day }) => padded(day),
  e: ({ day }) => padded(day, 2, ' '),
  b: ({ month }) => (months[month - 1] as string).slice(0, 3),
  B: ({ month }) => months[month - 1] as string,
  m: ({ month }) => padded(month),
  y: ({ year }) => padded(year % 100),
  Y: ({ year }) => String(year),
  H: ({ hour }) => padded(hour),
  I: ({ hour }) => padded(twelve(hour)),
  p: ({ hour }) => (hour < 12 ? 'AM' : 'PM'),
  M: ({ minute }) => padded(minute),
  S: ({ second }) => padded(second),
  f: ({ millisecond }) => padded(millisecond * 1000, 6),
  z: ({ offset }) => offsetText(offset),
  Z: (time) => time.zoneName(),
  j: ({ yearDay }) => padded(yearDay + 1, 3),
  U: ({ yearDay, weekday }) => padded(Math.trunc((yearDay + 7 - weekday) / 7)),
  W: ({ yearDay, weekday }) => padded(Math.trunc((yearDay + 7 - ((weekday + 6) % 7)) / 7)),
  u: ({ weekday }) => String(weekday || 7),
  G: (time) => String(isoWeek(time).year),
  V: (time) => padded(isoWeek(time).week),
  c: (time) => formatClock(time, '%a %b %e %H:%M:%S %Y'),
  x: (time) => formatClock(time, '%m/%d/%y'),
  D: (time) => formatClock(time, '%m/%d/%y'),
  X: (time) => formatClock(time, '%H:%M:%S'),
  T: (time) => formatClock(time, '%H:%M:%S'),
  R: (time) => formatClock(time, '%H:%M'),
  F: (time) => formatClock(time, '%Y-%m-%d'),
  '%': () => '%',
};

/**
 * A moment by a format of C's `strftime`; unknown directives stay as they are, `%-d` leaves zeros out.
 * @param zone an IANA name; unknown or absent: the machine's own time zone
 */
export function filenameDate(moment: Date, format: string, zone?: string): string {
  return formatClock(clockTime(moment, zone), format);
}

function formatClock(time: ClockTime, format: string): string {
  return format.replace(/%(-?)([A-Za-z%])/g, (directive, short: string, letter: string) => {
    const text = Object.hasOwn(directives, letter) ? directives[letter]?.(time) : undefined;
    return text === undefined ? directive : short ? text.replace(/^[0 ]+(?=\d)/, '') : text;
  });
}

function clockTime(moment: Date, zone: string | undefined): ClockTime {
  const format = zoneFormat(zone);
  const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const shown = Date.UTC(year, month - 1, day, hour, minute, second);
  const offset = Math.round((shown - Math.floor(moment.getTime() / 1000) * 1000) / 60_000);
  return {
    ...{ year, month, day, hour, minute, second, offset },
    millisecond: moment.getMilliseconds(),
    weekday: new Date(shown).getUTCDay(),
    yearDay: Math.trunc((shown - Date.UTC(year, 0, 1)) / dayLength),
    zoneName: () => zoneName(moment, format.resolvedOptions().timeZone, offset),
  };
}

function zoneFormat(zone: string | undefined): Intl.DateTimeFormat {
  const fields = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const;
  const options = { ...fields, hourCycle: 'h23', calendar: 'gregory', numberingSystem: 'latn' } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, ...(zone ? { timeZone: zone } : {}) });
  } catch {
    return new Intl.DateTimeFormat('en-US', options);
  }
}

/** `CET`, `EST`; where English has no short name, the hours ahead of UTC as the time zone database writes them. */
function zoneName(moment: Date, timeZone: string, offset: number): string {
  for (const locale of ['en-US', 'en-GB']) {
    const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }).formatToParts(moment);
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value;
    if (name && !/^GMT[+-]/.test(name)) return name;
  }
  return offsetText(offset).replace(/00$/, '');
}

/** Week of ISO 8601: the one with the year's first Thursday is the first. */
function isoWeek({ year, yearDay, weekday }: ClockTime): { readonly year: number; readonly week: number } {
  const thursday = new Date(Date.UTC(year, 0, 1 + yearDay - ((weekday + 6) % 7) + 3));
  const isoYear = thursday.getUTCFullYear();
  return { year: isoYear, week: Math.trunc((thursday.getTime() - Date.UTC(isoYear, 0, 1)) / (7 * dayLength)) + 1 };
}
