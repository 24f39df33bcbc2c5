import { readFileSync } from 'node:fs';
import type { Infotext } from '@armature/sdk';
import { describe, expect, test } from 'vitest';
import { formatInfotext, parseInfotext } from '../../src/image/index.js';

const table = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../../test/fidelity/tables/${name}`, import.meta.url), 'utf8')) as unknown;
const infotext = (fields: Readonly<Record<string, string | number | boolean | null>>, prompt = 'p', negativePrompt = ''): Infotext => ({
  prompt,
  negativePrompt,
  fields: new Map(Object.entries(fields)),
});

describe('formatInfotext', () => {
  test.each(table('infotext_quote.json') as { in: string | number | boolean; quoted: unknown }[])(
    'quotes $in as the reference',
    ({ in: value, quoted }) => {
      const expected = quoted === true ? 'True' : String(quoted);
      expect(formatInfotext(infotext({ Key: value }))).toBe(`p\nKey: ${expected}`.trim());
    },
  );

  test('prompt, negative prompt and fields in order; nulls are left out, a key that is its own value stands alone', () => {
    const text = formatInfotext(
      infotext({ Steps: 20, Sampler: 'Euler a', Gone: null, 'CFG scale': '7.0', Tiling: true, Flag: 'Flag' }, 'a cat', 'bad'),
    );
    expect(text).toBe('a cat\nNegative prompt: bad\nSteps: 20, Sampler: Euler a, CFG scale: 7.0, Tiling: True, Flag');
    expect(formatInfotext(infotext({}, '', ''))).toBe('');
    expect(formatInfotext(infotext({ Steps: 1 }, '', 'n'))).toBe('Negative prompt: n\nSteps: 1');
  });
});

interface ParseRow {
  readonly text: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Rows whose prompt the reference rewrites from other fields: `<hypernet:…>` appended, styles taken out (later issues). */
const rewritesPrompt = (row: ParseRow): boolean => 'Hypernet' in row.params || 'Styles array' in row.params;
/** The reference computes a new size from these (later issue). */
const rewritesSize = (row: ParseRow): boolean => 'First pass size-1' in row.params;

describe('parseInfotext', () => {
  const rows = table('infotext_parse.json') as readonly ParseRow[];

  test.each(rows)('reads $text', (row) => {
    const parsed = parseInfotext(row.text);
    if (!rewritesPrompt(row)) {
      expect(parsed.prompt).toBe(row.params.Prompt);
      expect(parsed.negativePrompt).toBe(row.params['Negative prompt']);
    }
    for (const [key, value] of parsed.fields) {
      const size = /^(\d+)x(\d+)$/.exec(String(value));
      if (size && key === 'Size' && rewritesSize(row)) continue;
      if (size) expect([row.params[`${key}-1`], row.params[`${key}-2`]]).toEqual([size[1], size[2]]);
      else expect(row.params[key]).toBe(value);
    }
  });

  test('finds every field the reference found', () => {
    const row = rows.find(({ text }) => text.includes('X Values'));
    expect(Object.fromEntries(parseInfotext(row?.text ?? '').fields)).toEqual({
      Steps: '20',
      Sampler: 'Euler',
      'CFG scale': '7',
      Script: 'X/Y/Z plot',
      'X Type': 'Seed',
      'X Values': '1,2,3',
      'Fixed X Values': '1, 2, 3',
    });
  });

  test('what was written is read back', () => {
    const written = infotext(
      { Steps: '20', Sampler: 'DPM++ 2M', Note: 'a: "b", c\nd \\ é 猫', Size: '64x88', Last: 'x"' },
      'two\nlines: 1, 2',
      'n1\nn2',
    );
    expect(parseInfotext(formatInfotext(written))).toEqual(written);
  });

  test('text without parameters is all prompt', () => {
    expect(parseInfotext('Steps: 1, Sampler: x')).toEqual({ prompt: 'Steps: 1, Sampler: x', negativePrompt: '', fields: new Map() });
    expect(parseInfotext('')).toEqual({ prompt: '', negativePrompt: '', fields: new Map() });
  });

  test.each([
    ['words without a colon', 'a '.repeat(500_000)],
    ['an endless quote', `Steps: 1, Sampler: x, Big: "${'b'.repeat(2_000_000)}`],
    ['many open quotes', 'aa: "b '.repeat(100_000)],
    ['backslashes', `Steps: 1, Sampler: x, Big: "${'\\'.repeat(1_000_000)}`],
    ['colons', 'a:'.repeat(300_000)],
  ])('hostile text ends soon: %s', (_, text) => {
    const start = process.cpuUsage();
    parseInfotext(text);
    expect(process.cpuUsage(start).user / 1e6).toBeLessThan(2);
  });
});
