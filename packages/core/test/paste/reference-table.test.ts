import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { settingsSchema } from '../../src/api/index.js';
import { parseInfotext } from '../../src/image/index.js';
import { FieldReader } from '../../src/paste/field-reader.js';
import { parseParameters } from '../../src/paste/index.js';
import { pasteHiresSampler, pasteSampler } from '../../src/paste/paste-sampler.js';
import { pasteSettings } from '../../src/paste/paste-settings.js';
import { readStyles } from '../../src/prompt/index.js';
import { builtinSamplers, builtinSchedulers } from '../../src/sampling/index.js';

interface ParseRow {
  readonly text: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly override_settings: readonly (readonly [label: string, name: string, value: unknown])[];
  readonly sampler: string;
  readonly scheduler: string;
  readonly hr: readonly [sampler: string, scheduler: string];
}

const file = (name: string): string => fileURLToPath(new URL(`../../../../test/fidelity/${name}`, import.meta.url));
const rows = JSON.parse(readFileSync(file('tables/infotext_parse.json'), 'utf8')) as readonly ParseRow[];
const styles = await readStyles(file('models/styles.csv'));
/** The reference ran with this one option away from its default. */
const settings = settingsSchema.parse({ randn_source: 'CPU' });
const shelf = { samplers: builtinSamplers, schedulers: builtinSchedulers };
const parse = (text: string) => parseParameters(parseInfotext(text), { styles, settings });

test.each(rows)('reads $text as the reference does', ({ text, params }) => {
  expect(Object.fromEntries(parse(text))).toEqual(params);
});

test.each(rows)('settings of $text', ({ text, override_settings }) => {
  const wanted = pasteSettings(new FieldReader(parse(text)), settings);
  // Unlike the reference this reads back the parameters of the Beta schedule that it wrote.
  const { beta_dist_alpha: alpha, ...rest } = wanted;
  expect(rest).toEqual(Object.fromEntries(override_settings.map(([, name, value]) => [name, value])));
  expect(alpha).toBe(text.includes('Beta schedule alpha: 0.3') ? 0.3 : undefined);
});

test.each(rows)('sampler of $text', ({ text, params, sampler, scheduler, hr }) => {
  const fields = new FieldReader(parse(text));
  const missing: { readonly name: string }[] = [];
  const own = pasteSampler(fields, shelf, missing as never);
  if (params.Sampler === undefined || params.Sampler === 'x') {
    // The reference silently takes its first sampler for a name it does not know.
    expect([own, missing.map((part) => part.name)]).toEqual([{}, params.Sampler === 'x' ? ['x'] : []]);
    return;
  }
  expect(own).toEqual({ sampler, scheduler });
  const { sampler: second = 'Use same sampler', scheduler: secondScheduler = 'Use same scheduler' } = pasteHiresSampler(fields, shelf, []);
  // The reference spells out the sampler of an old name; it is the same as the first run's.
  expect([second, secondScheduler]).toEqual(hr[0] === sampler ? ['Use same sampler', hr[1]] : hr);
});
