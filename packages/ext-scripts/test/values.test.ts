import { Raster } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { lineFields } from '../src/line-fields.js';
import { fourier } from '../src/outpaint/fourier.js';
import { matchValues } from '../src/outpaint/match-values.js';
import { NumpyRandom } from '../src/outpaint/numpy-random.js';
import { shellWords } from '../src/shell-words.js';
import { combine } from '../src/tiles/combine.js';
import { split, tilePlaces } from '../src/tiles/split.js';
import { axes } from '../src/xyz/axes.js';
import { brokenValues, wholeValues } from '../src/xyz/axis-values.js';
import { csvText, csvValues } from '../src/xyz/csv-values.js';
import { legendText, readAxis } from '../src/xyz/read-axis.js';

const place = { script: 'X/Y/Z plot', argument: 'X Steps' };
const axis = (label: string) => axes.find((each) => each.label === label)!;
const request = { prompt: 'a red cat', negativePrompt: '', settings: {}, styles: [] } as never;

describe('values of an axis', () => {
  it.each([
    [
      ['1', ' 2 ', ''],
      [1, 2],
    ],
    [['1-4'], [1, 2, 3, 4]],
    [['1-10 (+3)'], [1, 4, 7, 10]],
    [['1-10 [4]'], [1, 4, 7, 10]],
    [['0-10 [4]'], [0, 3, 6, 10]],
    [['-3 - -1'], [-3, -2, -1]],
  ])('whole numbers %j', (parts, values) => {
    expect(wholeValues(parts, place)).toEqual(values);
  });
  it.each([
    [['0-1 (+0.25)'], [0, 0.25, 0.5, 0.75, 1]],
    [['2-8 [3]'], [2, 5, 8]],
    [['1.5'], [1.5]],
  ])('broken numbers %j', (parts, values) => {
    expect(brokenValues(parts, place)).toEqual(values);
  });
  it.each(['x', '1-5 (+0)', '1-99999999', '1.5'])('refuses %s', (part) => {
    expect(() => wholeValues([part], place)).toThrow(/X Steps/);
  });
  it('reads lists with commas in quotation marks', () => {
    expect(csvValues('cat, dog ,"big, bird","a ""b"""')).toEqual(['cat', 'dog', 'big, bird', 'a "b"']);
    expect(csvText(['cat', 'big, bird'])).toBe('cat,"big, bird"');
  });
  it('takes every order of words, as Python gives them', () => {
    const read = readAxis({ axis: axis('Prompt order'), text: 'a,red,cat', picked: [] }, true, place);
    expect(read.values).toHaveLength(6);
    expect(read.values.slice(0, 2)).toEqual([
      ['a', 'red', 'cat'],
      ['a', 'cat', 'red'],
    ]);
    const swapped = axis('Prompt order').apply?.(request, ['cat', 'red'] as never, []);
    expect(swapped?.prompt).toBe('a cat red');
  });
  it('writes legends as Python prints numbers', () => {
    expect(legendText(axis('CFG Scale'), 7)).toBe('CFG Scale: 7.0');
    expect(legendText(axis('Steps'), 7)).toBe('Steps: 7');
    expect(legendText(axis('Checkpoint name'), 'dir/model.safetensors')).toBe('model.safetensors');
  });
});

describe('lines of prompts', () => {
  it('reads words as a shell does', () => {
    expect(shellWords(`--prompt "a \\"dog\\" 'x'" --seed 9 it\\'s ''`)).toEqual(['--prompt', `a "dog" 'x'`, '--seed', '9', "it's", '']);
    expect(() => shellWords('"open')).toThrow('no end');
  });
  it('takes flags for flags and the rest for a prompt', () => {
    const told: string[] = [];
    const read = (line: string) => lineFields(line, request, (problem) => told.push(problem));
    expect(read('--prompt a dog --steps 3 --cfg_scale 4.5 --tiling true')).toEqual({
      prompt: 'a dog',
      steps: 3,
      cfgScale: 4.5,
      settings: { tiling: true },
    });
    expect(read('a cat')).toEqual({ prompt: 'a cat' });
    expect(read('a cat --walks')).toEqual({ prompt: 'a cat --walks' });
    expect(read('--steps many')).toEqual({ prompt: '--steps many' });
    expect(told).toEqual(['"a" does not begin with --', '"many" is no number']);
  });
});

describe('tiles', () => {
  const image = new Raster(
    Array.from({ length: 100 * 70 * 3 }, (_, at) => (at * 37) % 251),
    { width: 100, height: 70, channels: 3 },
  );
  it('cover the picture and end with it', () => {
    expect(tilePlaces(image, { width: 64, height: 64 }, 16).map(({ x, y }) => [x, y])).toEqual([
      [0, 0],
      [36, 0],
      [0, 6],
      [36, 6],
    ]);
  });
  it('make the picture again', () => {
    expect(combine(split(image, { width: 64, height: 64 }, 16), image, 16).toBytes()).toEqual(image.toBytes());
  });
});

describe('noise of outpainting', () => {
  it('draws what numpy draws', () => {
    const random = new NumpyRandom();
    // numpy.random.default_rng(0).random(4), numpy 2.4
    for (const value of [0.63696169, 0.26978671, 0.04097352, 0.01652764]) expect(random.next()).toBeCloseTo(value, 8);
  });
  it('comes back from its frequencies', async () => {
    const grid = { rows: 6, columns: 10 };
    const real = Float64Array.from({ length: 60 }, (_, at) => Math.sin(at * at));
    const there = await fourier({ real, imaginary: new Float64Array(60) }, grid);
    const power = (values: Float64Array) => values.reduce((sum, value) => sum + value ** 2, 0);
    expect(power(there.real) + power(there.imaginary)).toBeCloseTo(power(real), 9);
    const back = await fourier(there, grid, true);
    for (const [at, value] of back.real.entries()) expect(value).toBeCloseTo(real[at] as number, 12);
  });
  it('takes over a distribution by rank', () => {
    expect([...matchValues(Float64Array.from([3, 1, 2, 4]), Float64Array.from([10, 20, 30, 40]))]).toEqual([30, 10, 20, 40]);
  });
});
