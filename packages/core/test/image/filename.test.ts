import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { filenameDate } from '../../src/image/filename-date.js';
import { filenamePart } from '../../src/image/filename-part.js';
import { mentions } from '../../src/image/index.js';
import { portableFolder, portableName } from '../../src/image/portable-name.js';
import { recordedName as name } from './recorded-name.js';

describe('filenameFrom', () => {
  test('leaves a token that has nothing to tell out, with the text before it', () => {
    const single = { batchSize: 1, iterations: 1, index: 0, denoisingStrength: undefined };
    expect(name('[seed]-[batch_number]-[steps]', single)).toBe('124-20');
    expect(name('a[generation_number]b[seed_last]c[denoising]d', single)).toBe('d');
    expect(name('[generation_number]', { batchSize: 1, iterations: 3, index: 2 })).toBe('3');
    expect(name('x[seed_first]', { batchSize: 1 })).toBe('x124');
  });

  test('keeps what it does not know, without its arguments; names in any case', () => {
    expect(name('[NoSuch<8>]-[SEED]-[Width]')).toBe('[NoSuch]-124-64');
    expect(name('[model_hash]', { modelHash: undefined })).toBe('[model_hash]');
    expect(name('[prompt_hash<x>] [constructor] [[seed]] [] ]')).toBe('[prompt_hash] [constructor] [124] [] ]');
    expect(name('')).toBe('');
  });

  test('reads arguments', () => {
    expect(name('[negative_prompt_hash<12>]')).toBe(createHash('sha256').update('bad').digest('hex').slice(0, 12));
    expect(name('[hasprompt<RED|blue><dog|no dog><Under>]')).toBe('redno_dogunder');
    expect(name('[datetime]')).toBe('20240102030405');
    expect(name('[datetime<%H:%M>]')).toBe('03_04');
    expect(name('[datetime<%Y><Nowhere/Land>]')).toBe('2024');
    expect(name('[datetime<%d. %H><Asia/Tokyo>]', { date: new Date('2024-01-02T20:00:00Z') })).toBe('03. 05');
  });

  test('takes styles out of a prompt', () => {
    const prompt = 'watercolor painting of a cat, soft light';
    expect(name('[prompt_no_styles]', { prompt })).toBe('a cat');
    expect(name('[prompt_no_styles]', { prompt: 'a cat, grain', stylePrompts: ['', 'grain'] })).toBe('a cat');
  });

  test('words, styles and files', () => {
    expect(name('[prompt_words]', { prompt: '...' })).toBe('empty');
    expect(name('[prompt_words]', { promptWords: 2 })).toBe('a red');
    expect(name('[styles]', { styles: ['None'] })).toBe('None');
    expect(name('[scheduler]', { scheduler: 'SGM Uniform' })).toBe('Sgm uniform');
    expect(name('[cfg]', { cfgScale: 7 })).toBe('7.0');
    expect(name('[vae_filename]', { vaeFile: '/models/VAE/kl.f8.safetensors' })).toBe('kl');
  });

  test('a prompt cannot climb out of its folder', () => {
    for (const prompt of ['../../x', '..', '/etc', '..\\x', 'C:\\x', 'a\nb\0']) {
      for (const token of ['prompt', 'prompt_spaces', 'prompt_no_styles', 'prompt_words']) {
        expect(name(`[${token}]`, { prompt }).split(/[/\\]/)).toEqual([expect.not.stringMatching(/^\.\.$|[:\n]/)]);
      }
    }
  });

  test('mentions', () => {
    expect(mentions('[Image_Hash<6>]', 'image_hash')).toBe(true);
    expect(mentions('image_hash [seed]', 'image_hash')).toBe(false);
  });
});

test('filenamePart counts characters', () => {
  expect([...filenamePart('😀'.repeat(200), { spaces: 'kept' })]).toHaveLength(128);
});

describe('filenameDate', () => {
  const moment = new Date('2024-12-30T23:05:09.042Z');

  // Written by Python's strftime.
  test.each([
    ['%a %A %w %d %b %B %m %y %Y', 'UTC', 'Mon Monday 1 30 Dec December 12 24 2024'],
    ['%H %I %p %M %S %f %z %Z %j', 'UTC', '23 11 PM 05 09 042000 +0000 UTC 365'],
    ['%U %W %G-W%V-%u %c | %x | %X', 'UTC', '52 53 2025-W01-1 Mon Dec 30 23:05:09 2024 | 12/30/24 | 23:05:09'],
    ['%F %T %R %D %e %%', 'UTC', '2024-12-30 23:05:09 23:05 12/30/24 30 %'],
    ['%Y-%m-%d %H:%M %z %Z', 'Europe/Berlin', '2024-12-31 00:05 +0100 CET'],
    ['%Y-%m-%d %H:%M %z %Z', 'America/New_York', '2024-12-30 18:05 -0500 EST'],
    ['%Y-%m-%d %H:%M %z %Z', 'Asia/Kathmandu', '2024-12-31 04:50 +0545 +0545'],
    ['%d %H:%M %Z', 'America/Sao_Paulo', '30 20:05 -03'],
    ['%-d %-H %-m %Q 100%', 'UTC', '30 23 12 %Q 100%'],
  ])('%s in %s', (format, zone, expected) => {
    expect(filenameDate(moment, format, zone)).toBe(expected);
  });

  test('the machine’s own zone where none is known', () => {
    const local = new Date(2024, 4, 6, 7, 8, 9);
    for (const zone of [undefined, '', 'Nowhere/Land']) expect(filenameDate(local, '%Y%m%d%H%M%S', zone)).toBe('20240506070809');
  });
});

describe('names that every system takes', () => {
  test.each([
    ['CON', 'CON_'],
    ['nul.tar', 'nul_.tar'],
    ['COM1', 'COM1_'],
    ['console', 'console'],
    ['a<b>:"|?*\u0007c', 'a_b_______c'],
  ])('%s', (given, expected) => {
    expect(portableName(given)).toBe(expected);
  });

  test('no more than 255 bytes, characters whole, the end kept', () => {
    const long = portableName('語'.repeat(200), '-mask.png');
    expect(Buffer.byteLength(long)).toBeLessThanOrEqual(255);
    expect(long).toMatch(/^語+-mask\.png$/);
    expect(portableName('x'.repeat(255))).toHaveLength(255);
  });

  test('folders end in no blank or dot', () => {
    expect(portableFolder('a. .')).toBe('a');
  });
});
