import { describe, expect, test } from 'vitest';
import { settingsSchema } from '../../src/api/index.js';
import { parseInfotext } from '../../src/image/index.js';
import { extractStyles } from '../../src/paste/extract-styles.js';
import { parseParameters } from '../../src/paste/index.js';
import { isOlderWebui } from '../../src/paste/webui-version.js';

const styles = [
  { name: 'Empty', prompt: '', negativePrompt: '' },
  { name: 'Inner', prompt: 'best', negativePrompt: 'worst' },
  { name: 'Outer', prompt: 'photo of {prompt} at night', negativePrompt: '' },
];
const line = 'Steps: 5, Sampler: Euler, CFG scale: 7';
const parse = (text: string, settings: object = {}): Readonly<Record<string, unknown>> =>
  Object.fromEntries(parseParameters(parseInfotext(text), { styles, settings: settingsSchema.parse(settings) }));

describe('styles', () => {
  test('are taken out from the outermost inwards, where both prompts have them, each once', () => {
    const text = { prompt: ' photo of a cat, best at night', negativePrompt: 'bad, worst ' };
    expect(extractStyles(text, styles)).toEqual({ prompt: 'a cat', negativePrompt: 'bad', styles: ['Inner', 'Outer'] });
    expect(extractStyles({ prompt: 'a cat, best', negativePrompt: 'bad' }, styles).styles).toEqual([]);
    expect(extractStyles({ prompt: 'a, best, best', negativePrompt: 'worst, worst' }, styles)).toEqual({
      prompt: 'a, best',
      negativePrompt: 'worst',
      styles: ['Inner'],
    });
  });

  test.each([
    ['Ignore', 'a, best', undefined],
    ['Discard', 'a', undefined],
    ['Apply', 'a', ['Inner']],
    ['Apply if any', 'a', ['Inner']],
  ])('infotext_styles %s', (infotext_styles, prompt, found) => {
    const read = parse(`a, best\nNegative prompt: worst\n${line}`, { infotext_styles });
    expect([read.Prompt, read['Styles array']]).toEqual([prompt, found]);
  });

  test('Apply also tells that there are none', () => {
    expect(parse(`a\n${line}`, { infotext_styles: 'Apply' })['Styles array']).toEqual([]);
  });

  test.each([
    ['the same in both runs', 'b, best', 'Armature 0.1.0', 'a', 'b', ['Inner']],
    ['others in the second run', 'b', 'Armature 0.1.0', 'a, best', 'b', undefined],
    ['of a release that gave them to the first run alone', 'b', 'v1.8.0', 'a', 'b', ['Inner']],
    ['and the prompt of the first run', 'a, best', 'v1.9.0', 'a', '', ['Inner']],
  ])('%s', (_, hires, version, prompt, hiresPrompt, found) => {
    const read = parse(`a, best\nNegative prompt: worst\n${line}, Hires prompt: "${hires}", Version: ${version}`);
    expect([read.Prompt, read['Hires prompt'], read['Styles array']]).toEqual([prompt, hiresPrompt, found]);
  });
});

describe('releases of the webui', () => {
  test.each([
    ['v1.5.1', '1.6.0', true],
    ['v1.6.0', '1.6.0', false],
    ['1.6', '1.6.0', false],
    ['v1.10.1', '1.6.0', false],
    ['v1.6.0-RC-28-gabcdef', '1.6.0', true],
    ['v1.6.0-2-g4afaaf8a', '1.6.0', false],
    ['v1.7.0', '1.7.0-225', true],
    ['v1.7.0-224-gabcdef', '1.7.0-225', true],
    ['v1.7.0-225-gabcdef', '1.7.0-225', false],
    ['v1.8.0-RC', '1.8.0', true],
    ['f0.0.17v1.8.0rc-latest-276-g29be1da7', '1.8.0', undefined],
    ['Armature 0.1.0', '1.6.0', undefined],
    ['', '1.6.0', undefined],
  ])('%s before %s: %s', (version, limit, older) => {
    expect(isOlderWebui(version, limit)).toBe(older);
  });

  test('auto_backcompat off leaves settings alone', () => {
    const text = `[a:b:5]\n${line}, Version: v1.5.0`;
    expect(parse(text)).toMatchObject({ 'Old prompt editing timelines': true, 'Downcast alphas_cumprod': true });
    expect(parse(text, { auto_backcompat: false })).not.toHaveProperty('Downcast alphas_cumprod');
  });
});

test('sizes of the old hires fix', () => {
  const old = parse(`a\n${line}, Size: 1024x512, First pass size: 512x256`);
  expect([old['Size-1'], old['Size-2'], old['Hires resize-1'], old['Hires resize-2']]).toEqual([512, 256, 1024, 512]);
  const kept = parse(`a\n${line}, Size: 512x256, Hires resize: 1024x512`, { use_old_hires_fix_width_height: true });
  expect([kept['Size-1'], kept['Size-2']]).toEqual([1024, 512]);
});

test('leaves out what infotext_skip_pasting names', () => {
  const read = parse(`a\n${line}, Seed: 5`, { infotext_skip_pasting: ['Seed', 'Clip skip'] });
  expect(read).not.toHaveProperty('Seed');
  expect(read).not.toHaveProperty('Clip skip');
});

test('a prompt whose brackets cannot be read has emphasis', () => {
  expect(parse(`(a:1.2.3)\n${line}`).Emphasis).toBe('Original');
  expect(parse(`a BREAK b\n${line}`)).not.toHaveProperty('Emphasis');
});
