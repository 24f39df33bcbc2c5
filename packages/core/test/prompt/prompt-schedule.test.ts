import { describe, expect, it } from 'vitest';
import { promptSchedule, type ScheduleSpan, splitComposition } from '../../src/prompt/index.js';
import { readTable } from './read-table.js';

type Schedule = readonly (readonly [end: number, text: string])[];
interface Row {
  readonly prompt: string;
  readonly schedule_10: Schedule;
  readonly schedule_20_old: Schedule;
  readonly schedule_hires_10_7: Schedule;
  readonly multicond: { readonly indexes: readonly (readonly (readonly [number, number])[])[]; readonly flat: readonly string[] };
}

const rows = readTable<Row>('prompt_parser.json');
const ten: ScheduleSpan = { steps: 10, before: 0, old: false };
const pieces = (prompt: string, span = ten): Schedule => promptSchedule(prompt, span).map(({ end, text }) => [end, text]);

describe('prompt schedule', () => {
  it.each(rows)('$prompt', (row) => {
    expect(pieces(row.prompt)).toEqual(row.schedule_10);
    expect(pieces(row.prompt, { steps: 20, before: 0, old: true })).toEqual(row.schedule_20_old);
    expect(pieces(row.prompt, { steps: 7, before: 10, old: false })).toEqual(row.schedule_hires_10_7);
  });

  it('is laid over the steps of the first run in the old meaning, also in a second', () => {
    expect(pieces('[a:b:0.5]', { steps: 4, before: 20, old: true })).toEqual(pieces('[a:b:0.5]', { steps: 20, before: 0, old: true }));
  });

  it.each([
    [
      '[fe|]male',
      [
        [1, 'female'],
        [2, 'male'],
        [3, 'female'],
      ],
    ],
    [
      '[fe|||]male',
      [
        [1, 'female'],
        [2, 'male'],
        [3, 'male'],
      ],
    ],
    [
      'a [[[b]]:2]',
      [
        [2, 'a '],
        [3, 'a [[b]]'],
      ],
    ],
    [
      'a[b:[c:d:2]:1]e',
      [
        [1, 'abe'],
        [2, 'ace'],
        [3, 'ade'],
      ],
    ],
    [
      '((a][:b:c [d:2]',
      [
        [2, '((a][:b:c '],
        [3, '((a][:b:c d'],
      ],
    ],
    [
      '[[a|b]:c:2]',
      [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ],
    ],
    ['[a:b:1e-1]', [[3, 'b']]],
    ['[a:b:2] c | d', [[3, '[a:b:2] c | d']]],
    ['[a:b:2] \\', [[3, '[a:b:2] \\']]],
    [
      '[a:b:2] (c [d:e:1] f]',
      [
        [1, 'a (c d f]'],
        [2, 'a (c e f]'],
        [3, 'b (c e f]'],
      ],
    ],
    [
      '[a\\:b\\|c:2]',
      [
        [2, ''],
        [3, 'a\\:b\\|c'],
      ],
    ],
  ] as const)('%s', (prompt, wanted) => {
    expect(pieces(prompt, { ...ten, steps: 3 })).toEqual(wanted);
  });
});

describe('composition', () => {
  it.each(rows)('$prompt', ({ prompt, multicond: { indexes, flat } }) => {
    const wanted = indexes[0]?.map(([index, weight]) => ({ text: flat[index], weight }));
    expect(splitComposition(prompt)).toEqual(wanted);
  });

  it('knows letters beyond ASCII', () => {
    expect(splitComposition('éAND b').length).toBe(1);
  });

  it('refuses what would be hundreds of network rows', () => {
    expect(() => splitComposition('a AND '.repeat(100))).toThrow(expect.objectContaining({ code: 'PROMPT_INVALID' }));
  });
});

describe('hostile prompts', () => {
  const long = 100_000;
  const hostile = {
    'brackets that open': '['.repeat(long),
    'brackets that close': ']'.repeat(long),
    'nested brackets': '['.repeat(long / 2) + ']'.repeat(long / 2),
    bars: '[|'.repeat(long / 2),
    spaces: `${' '.repeat(long)}:`,
    'spaced colons': ': '.repeat(long / 2),
    backslashes: '\\'.repeat(long),
    'control characters': Array.from({ length: long }, (_, i) => String.fromCharCode(i % 32)).join(''),
    'halves of emoji': '\ud83d['.repeat(long / 2),
    'small schedules': '[a:b:3]'.repeat(long / 7),
  };
  it.each(Object.entries(hostile))('%s take no time', (_, prompt) => {
    const start = process.cpuUsage();
    const first = promptSchedule(prompt, ten)[0];
    splitComposition(prompt);
    expect(typeof first?.text).toBe('string');
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(500);
  });

  it('a long prompt that changes at each of a thousand steps is refused', () => {
    const prompt = `[a|b] ${'word '.repeat(2000)}`;
    expect(() => promptSchedule(prompt, { ...ten, steps: 1000 })).toThrow(expect.objectContaining({ code: 'PROMPT_INVALID' }));
    expect(promptSchedule(prompt, ten).length).toBe(10);
  });
});
