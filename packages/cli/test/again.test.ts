import { Raster } from '@armature/sdk';
import { expect, it } from 'vitest';
import { compareParameters } from '../src/commands/compare-parameters.js';
import { compareRasters } from '../src/commands/compare-rasters.js';
import { requestRows } from '../src/output/pasted-lines.js';
import { printable } from '../src/output/printable.js';

const raster = (values: readonly number[], channels: 1 | 3 | 4, width = values.length / channels): Raster =>
  new Raster(values, { width, height: values.length / channels / width, channels });

it('compares colours, whatever the number of channels', async () => {
  expect(await compareRasters(raster([1, 2, 3], 3), raster([1, 2, 3, 9], 4))).toMatchObject({ identical: true, largest: 0, share: 0 });
  expect(await compareRasters(raster([7, 8], 1), raster([7, 7, 7, 8, 8, 8], 3))).toMatchObject({ identical: true });
  const apart = await compareRasters(raster([0, 0, 0, 255, 255, 255], 3), raster([0, 0, 0, 255, 255, 245], 3));
  expect(apart).toMatchObject({ identical: false, largest: 10, share: 1 / 6 });
  expect(apart.psnr).toBeCloseTo(10 * Math.log10((255 ** 2 * 6) / 100), 10);
  expect(await compareRasters(raster([1, 2], 1), raster([1, 2], 1, 1))).toEqual({ identical: false });
});

it('tells which parameters differ; 7 and 7.0 do not', () => {
  const infotext = (fields: Readonly<Record<string, string | null>>, prompt = 'a') => ({
    prompt,
    negativePrompt: '',
    fields: new Map(Object.entries(fields)),
  });
  expect(
    compareParameters(
      infotext({ Steps: '5', 'CFG scale': '7', Model: 'x', Gone: null, Odd: '' }),
      infotext({ Steps: '5', 'CFG scale': '7.0', Model: 'y', RNG: 'NV', Odd: '0' }, 'b'),
    ),
  ).toEqual([
    { field: 'Prompt', given: 'a', made: 'b' },
    { field: 'Model', given: 'x', made: 'y' },
    { field: 'Odd', given: '', made: '0' },
    { field: 'RNG', given: undefined, made: 'NV' },
  ]);
});

it('writes out what would steer a terminal', () => {
  expect(printable('a\x1b[2J\nb\tc\x07\x9b\u202e é 猫')).toBe('a\\x1b[2J\nb\tc\\x07\\x9b\\u202e é 猫');
});

it('lists a request by field, its parts with a point', () => {
  expect(requestRows({ prompt: 'two\nlines', steps: 3, styles: ['a'], hires: { scale: 2, prompt: '' }, settings: {} })).toEqual([
    ['prompt', 'two ⏎ lines'],
    ['steps', '3'],
    ['styles', '["a"]'],
    ['hires.scale', '2'],
  ]);
});
