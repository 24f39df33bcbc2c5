import { join } from 'node:path';
import type { ModelReport } from '@armature/core';
import { tinyModelFolder } from '@armature/tiny-model';
import { expect, it } from 'vitest';
import { startingValues } from '../src/host/starting-values.js';

const model = (path: string, name: string): ModelReport => ({
  kind: 'checkpoint',
  bytes: 1,
  name,
  title: `${name}.safetensors [0123456789]`,
  path,
  shortHash: '0123456789',
  weightsId: 'w',
  family: 'sd1',
});
const tiny = model(join(tinyModelFolder, 'Stable-diffusion/tiny-sd1.safetensors'), 'tiny-sd1');
const large = { ...model('/models/Stable-diffusion/v1-5.safetensors', 'v1-5'), shortHash: 'abcdef0123' };

it('takes the size, steps and guidance of the embedded model where that model answers', () => {
  const own = { width: 128, height: 128, steps: 20, cfgScale: 5 };
  expect(startingValues([tiny], '')).toMatchObject(own);
  for (const name of ['tiny-sd1', 'TINY-SD1.safetensors', 'tiny-sd1.safetensors [0123456789]', '0123456789', 'tiny']) {
    expect(startingValues([large, tiny], name)).toMatchObject(own);
  }
});

it('leaves the defaults of the request to every other model', () => {
  expect(startingValues([large, tiny], '')).toEqual({});
  expect(startingValues([large, tiny], 'v1-5')).toEqual({});
  expect(startingValues([large, tiny], 'nothing')).toEqual({});
  expect(startingValues([], '')).toEqual({});
  expect(startingValues([model(`${tinyModelFolder}-other/x.safetensors`, 'x')], '')).toEqual({});
});
