import { expect, it } from 'vitest';
import { collectSetting } from '../src/flags/collect-setting.js';
import { splitDottedFlags } from '../src/flags/dotted-flags.js';
import { matchExtensionArgs } from '../src/flags/extension-args.js';
import { flagValue } from '../src/flags/flag-value.js';
import { initFromFlags } from '../src/flags/init-flags.js';
import { fieldHelp, fieldPlaceholder, type JsonField } from '../src/flags/json-field.js';
import { parseSize } from '../src/flags/parse-size.js';
import { partsFromFlags } from '../src/flags/part-flags.js';

const caught = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

const report = (id: string, properties: Readonly<Record<string, JsonField>>) => ({
  id,
  version: '1.0.0',
  state: 'active' as const,
  origin: '/tmp',
  cause: undefined,
  blockedBy: undefined,
  requires: [],
  after: [],
  before: [],
  capabilities: [],
  provides: [],
  title: undefined,
  summary: undefined,
  warnings: [],
  hooks: [],
  contributions: [],
  args: { type: 'object', properties },
  enabled: true,
  a1111: undefined,
  setupMilliseconds: 0,
});

const sharpen = report('jane.late-sharpen', {
  enabled: { type: 'boolean' },
  from: { type: 'number', minimum: 0, maximum: 1 },
  edgeOnly: { type: 'boolean' },
  tiles: { type: 'array', items: { type: 'integer' } },
});

const match = (argv: readonly string[], reports = [sharpen]) => matchExtensionArgs(splitDottedFlags(argv).dotted, reports);

it('takes the flags of extensions out of the line and leaves the rest in order', () => {
  const { rest, dotted } = splitDottedFlags([
    'txt2img',
    '--late-sharpen.from',
    '-0.5',
    'a cat',
    '--seed',
    '1.5',
    '--a.b=x=y',
    '--c.d',
    '--json',
    '--',
    '--e.f',
  ]);
  expect(rest).toEqual(['txt2img', 'a cat', '--seed', '1.5', '--json', '--', '--e.f']);
  expect(dotted.map(({ flag, value, loose }) => [flag, value, loose])).toEqual([
    ['--late-sharpen.from', '-0.5', true],
    ['--a.b', 'x=y', false],
    ['--c.d', undefined, false],
  ]);
});

it('finds the extension by its name or its whole id, the argument as declared or in kebab case', () => {
  const expected = { 'jane.late-sharpen': { from: 0.6, edgeOnly: true } };
  expect(match(['--late-sharpen.from', '0.6', '--late-sharpen.edge-only']).extensions).toEqual(expected);
  expect(match(['--jane.late-sharpen.from=0.6', '--jane.late-sharpen.edgeOnly=yes']).extensions).toEqual(expected);
});

it('leaves flags of the request itself alone: an extension of such a name is reached by its whole id', () => {
  const argv = ['txt2img', '--hires.scale', '2', '--refiner.model=x', '--jane.hires.from', '0.5'];
  const { rest, dotted } = splitDottedFlags(argv);
  expect(rest).toEqual(argv.slice(0, 4));
  expect(matchExtensionArgs(dotted, [{ ...sharpen, id: 'jane.hires' }]).extensions).toEqual({ 'jane.hires': { from: 0.5 } });
  expect(partsFromFlags({ steps: 3, 'hires.scale': 2, 'hires.cfgScale': 5, 'refiner.model': undefined })).toEqual({
    hires: { scale: 2, cfgScale: 5 },
  });
  expect(caught(() => partsFromFlags({ 'refiner.switchAt': 0.5 }))).toMatchObject({ code: 'CLI_USAGE' });
});

it('reads what is given of a picture to start from', () => {
  expect(initFromFlags({ denoisingStrength: 0.5, mask: 'm.png', maskBlur: 3, maskInvert: true, softMask: true, steps: 2 })).toEqual({
    init: { denoisingStrength: 0.5 },
    mask: { blurX: 3, blurY: 3, invert: true, round: false },
    maskFile: 'm.png',
  });
  expect(initFromFlags({})).toEqual({ init: {}, mask: {}, maskFile: undefined });
  expect(caught(() => initFromFlags({ maskPadding: 8 }))).toMatchObject({ code: 'CLI_USAGE' });
});

it('asks for the whole id where two extensions share a name', () => {
  const other = report('joe.late-sharpen', { from: { type: 'number' } });
  expect(match(['--joe.late-sharpen.from', '2'], [sharpen, other]).extensions).toEqual({ 'joe.late-sharpen': { from: 2 } });
  expect(caught(() => match(['--late-sharpen.from', '2'], [sharpen, other]))).toMatchObject({ code: 'CLI_USAGE' });
});

it('gives back the word after a switch, which may be the prompt', () => {
  expect(match(['--late-sharpen.enabled', 'a red circle'])).toEqual({
    extensions: { 'jane.late-sharpen': { enabled: true } },
    words: ['a red circle'],
  });
  expect(match(['--late-sharpen.enabled', 'off']).extensions).toEqual({ 'jane.late-sharpen': { enabled: false } });
});

it('collects a list from one flag or several', () => {
  const expected = { 'jane.late-sharpen': { tiles: [1, 2] } };
  expect(match(['--late-sharpen.tiles', '1', '--late-sharpen.tiles', '2']).extensions).toEqual(expected);
  expect(match(['--late-sharpen.tiles', '[1,2]']).extensions).toEqual(expected);
});

it('suggests the nearest flag for an unknown one', () => {
  expect(caught(() => match(['--late-sharpen.form', '1']))).toMatchObject({
    code: 'CLI_USAGE',
    exit: 2,
    message: "unknown option '--late-sharpen.form' (Did you mean --late-sharpen.from?) See armature --help.",
  });
  expect(caught(() => match(['--a.b', '1'], []))).toMatchObject({ code: 'CLI_USAGE' });
});

it.each([
  ['--steps', 'ten', { type: 'integer' }, '--steps: expected a number (seen: ten).'],
  ['--steps', '', { type: 'integer' }, '--steps: expected a number (seen: ).'],
  ['--steps', '2.5', { type: 'integer' }, '--steps: expected a whole number (seen: 2.5).'],
  ['--steps', '0', { type: 'integer', minimum: 1, maximum: 10000 }, '--steps: expected 1 to 10000 (seen: 0).'],
  ['--seed', '-2', { type: 'integer', minimum: -1, maximum: Number.MAX_SAFE_INTEGER }, '--seed: expected at least -1 (seen: -2).'],
  ['--cfg', '0x10', { type: 'number' }, '--cfg: expected a number (seen: 0x10).'],
  ['--x', 'maybe', { type: 'boolean' }, '--x: expected true or false (seen: maybe).'],
  ['--x', 'b', { type: 'string', enum: ['a', 'c'] }, '--x: expected one of a, c (seen: b).'],
  ['--x', '{', { type: 'object' }, '--x: expected JSON ({"key": "value"}) (seen: {).'],
] as const)('turns down %s %s', (flag, text, field, message) => {
  expect(caught(() => flagValue(flag, text, field))).toMatchObject({ code: 'REQUEST_INVALID', exit: 2, message });
});

it('reads values by type', () => {
  expect(flagValue('--x', '-1', { type: 'integer' })).toBe(-1);
  expect(flagValue('--x', '.5', { type: 'number' })).toBe(0.5);
  expect(flagValue('--x', '1e2', { type: 'number' })).toBe(100);
  expect(flagValue('--x', '12', { type: 'string' })).toBe('12');
  expect(flagValue('--x', '[1]', { type: 'array' })).toEqual([1]);
});

it('reads sizes and turns down what is none', () => {
  expect(parseSize('512x768')).toEqual({ width: 512, height: 768 });
  expect(parseSize('-64X64')).toEqual({ width: -64, height: 64 });
  for (const text of ['512', 'x', '512x', 'bigxbig', '5.5x5', '']) {
    expect(caught(() => parseSize(text))).toMatchObject({ code: 'REQUEST_INVALID', data: { field: '--size', seen: text } });
  }
});

it('types settings as the setting is, and keeps earlier ones', () => {
  const first = collectSetting('randn_source=NV');
  expect(collectSetting('CLIP_stop_at_last_layers=2', first)).toEqual({ randn_source: 'NV', CLIP_stop_at_last_layers: 2 });
  expect(collectSetting('sd_model_checkpoint=123')).toEqual({ sd_model_checkpoint: '123' });
  expect(collectSetting('save_to_dirs=false')).toEqual({ save_to_dirs: false });
});

it.each([
  ['randn_sorce=NV', 'SETTING_UNKNOWN', /randn_sorce.*Did you mean "randn_source"/],
  ['randn_source', 'REQUEST_INVALID', /--set: expected key=value/],
  ['randn_source=TPU', 'REQUEST_INVALID', /--set randn_source: expected one of GPU, CPU, NV \(seen: TPU\)/],
  ['CLIP_stop_at_last_layers=99', 'REQUEST_INVALID', /--set CLIP_stop_at_last_layers: expected 1 to 12 \(seen: 99\)/],
])('turns down --set %s', (text, code, message) => {
  const error = caught(() => collectSetting(text));
  expect(error).toMatchObject({ code, exit: 2 });
  expect((error as Error).message).toMatch(message);
});

it('writes help from a schema', () => {
  expect(fieldHelp({ type: 'integer', description: 'Sampling steps', minimum: 1, maximum: 10000, default: 20 })).toBe(
    'Sampling steps (1 to 10000; default 20)',
  );
  expect(fieldHelp({ type: 'string', description: 'Where noise comes from', enum: ['GPU', 'CPU'], default: 'GPU' })).toBe(
    'Where noise comes from (GPU, CPU; default GPU)',
  );
  expect(fieldHelp({ type: 'boolean', description: 'Fail', default: false })).toBe('Fail');
  expect([{ type: 'boolean' }, { type: 'integer' }, { type: 'number' }, { type: 'string' }].map(fieldPlaceholder)).toEqual([
    '',
    ' <n>',
    ' <x>',
    ' <text>',
  ]);
});
