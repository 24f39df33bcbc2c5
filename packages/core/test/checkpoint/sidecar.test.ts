import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSidecar } from '../../src/checkpoint/index.js';
import { temporaryFolder } from './temporary-folder.js';

const yamlFor = (version: string) =>
  `model:\n  params:\n    cond_stage_config:\n      params:\n        version: ${JSON.stringify(version)}\n`;
const read = (files: Readonly<Record<string, string>>) => readSidecar(join(temporaryFolder(files), 'm.safetensors'));

describe('readSidecar', () => {
  test('no yaml, no sidecar', async () => {
    expect(await read({ 'm.safetensors': 'x', 'other.yaml': 'a: 1' })).toBeUndefined();
  });

  test('the yaml and the text encoder folder it names', async () => {
    const sidecar = await read({ 'm.yaml': yamlFor('./clip'), 'clip/config.json': '{"hidden_size": 64}' });
    expect(sidecar?.ldm).toMatchObject({ model: { params: {} } });
    expect(sidecar?.textEncoder).toEqual({ hidden_size: 64 });
    expect((await read({ 'm.yaml': yamlFor('clip'), 'clip/config.json': '{"a": 1}' }))?.textEncoder).toEqual({ a: 1 });
  });

  test('a hub name, or none, means no folder', async () => {
    expect(await read({ 'm.yaml': yamlFor('openai/clip-vit-large-patch14') })).not.toHaveProperty('textEncoder');
    expect(await read({ 'm.yaml': 'model: {params: {scale_factor: 0.18215, linear_start: 8.5e-4}}' })).toEqual({
      ldm: { model: { params: { scale_factor: 0.18215, linear_start: 0.00085 } } },
    });
  });

  test('beside a linked checkpoint, or beside the file it links to', async () => {
    const folder = temporaryFolder({ 'far/m.safetensors': 'x', 'far/m.yaml': 'a: far', 'near/x': '' });
    symlinkSync('../far/m.safetensors', join(folder, 'near/m.safetensors'));
    expect(await readSidecar(join(folder, 'near/m.safetensors'))).toEqual({ ldm: { a: 'far' } });
  });

  test.each(['../clip', './x/../../clip', '/etc', '..'])('a path that leaves the folder: %s', async (version) => {
    await expect(read({ 'm.yaml': yamlFor(version) })).rejects.toMatchObject({ code: 'PATH_ESCAPES' });
  });

  test('a link that leaves the folder', async () => {
    const secret = temporaryFolder({ 'config.json': '{"secret": true}' });
    const folder = temporaryFolder({ 'm.yaml': yamlFor('./clip') });
    symlinkSync(secret, join(folder, 'clip'));
    await expect(readSidecar(join(folder, 'm.safetensors'))).rejects.toMatchObject({ code: 'PATH_ESCAPES' });
  });

  test.each([
    ['broken yaml', { 'm.yaml': 'model: [1, 2' }, 'not valid YAML'],
    ['a key twice', { 'm.yaml': 'a: 1\na: 2' }, 'not valid YAML'],
    ['a list', { 'm.yaml': '- 1' }, 'not a map'],
    ['an empty file', { 'm.yaml': '' }, 'not a map'],
    ['a huge file', { 'm.yaml': `a: ${'x'.repeat(20_000)}` }, 'at most 16384 are read'],
    ['deep brackets', { 'm.yaml': `a: ${'['.repeat(2000)}` }, 'nest more than 50 deep'],
    ['deep dashes', { 'm.yaml': '- '.repeat(5000) }, 'nest more than 50 deep'],
    [
      'an alias bomb',
      {
        'm.yaml': ['a: &a [x,x,x,x,x,x,x,x]', ...'bcdefgh']
          .map((c, i) => (i === 0 ? c : `${c}: &${c} [${Array(8).fill(`*${'abcdefgh'[i - 1]}`)}]`))
          .join('\n'),
      },
      'not valid YAML',
    ],
    ['a missing folder', { 'm.yaml': yamlFor('./clip') }, './clip, which does not exist'],
    ['a folder without config', { 'm.yaml': yamlFor('./clip'), 'clip/x': '' }, 'has no such file'],
    ['a broken config', { 'm.yaml': yamlFor('./clip'), 'clip/config.json': '{"a":' }, 'not valid JSON'],
    ['a config that is no object', { 'm.yaml': yamlFor('./clip'), 'clip/config.json': '[1]' }, 'not a JSON object'],
  ])('%s', async (_, files, words) => {
    const error = await read(files as Readonly<Record<string, string>>).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'CKPT_CONFIG' });
    expect((error as Error).message).toContain(words);
  });

  test('a key named __proto__ stays a key', async () => {
    const sidecar = await read({ 'm.yaml': '__proto__:\n  polluted: true\nmodel: {}\n' });
    expect(Object.keys(sidecar?.ldm ?? {})).toEqual(['__proto__', 'model']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
