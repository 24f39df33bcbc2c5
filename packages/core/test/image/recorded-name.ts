import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { decodeImage, type FilenameFacts, filenameFrom } from '../../src/image/index.js';

const fidelity = new URL('../../../../test/fidelity/', import.meta.url);
/** Patterns and texts with what the reference made of them. */
export const filenameTable = JSON.parse(readFileSync(new URL('tables/filename_patterns.json', fidelity), 'utf8')) as {
  readonly patterns: readonly { readonly pattern: string; readonly result: string }[];
  readonly sanitize: readonly { readonly in: string; readonly out: string; readonly out_keep_spaces: string }[];
};
const picture = await decodeImage(readFileSync(new URL('pictures/init_64x64.png', fidelity)));

/** What the reference was given for the table. */
const recorded: FilenameFacts = {
  basename: 'bn',
  seed: 124,
  seeds: [123, 126],
  steps: 20,
  cfgScale: 7.5,
  width: 64,
  height: 64,
  styles: ['Watercolor'],
  stylePrompts: ['watercolor painting of {prompt}, soft light'],
  sampler: 'DPM++ 2M',
  scheduler: 'Karras',
  modelName: 'tiny-random-sd1',
  modelHash: '8c17743dd0',
  vaeFile: undefined,
  date: new Date(2024, 0, 2, 3, 4, 5),
  started: new Date(2024, 0, 2, 3, 4, 5),
  prompt: 'a (red:1.2) cat, on/under: the "table"?',
  requestPrompt: 'a (red:1.2) cat, on/under: the "table"?',
  requestNegativePrompt: 'bad',
  index: 3,
  batchSize: 2,
  iterations: 2,
  clipSkip: 1,
  denoisingStrength: 0.6,
  imageHash: createHash('sha256').update(picture.toBytes()).digest('hex'),
  promptWords: 8,
};
/** The text of a pattern, with other facts than the recorded ones where given. */
export const recordedName = (pattern: string, facts: Partial<FilenameFacts> = {}): string =>
  filenameFrom(pattern, { ...recorded, ...facts });
