import { readdir, readFile, writeFile } from 'node:fs/promises';
import { decodeImage, encodePng } from '@armature/core';
import { Raster } from '@armature/sdk';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Desk } from './armature.js';

let desk: Desk;
/** A bright square on a dark ground. */
const square = new Raster(
  Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % 64, Math.floor(i / 192)];
    return x > 15 && x < 48 && y > 15 && y < 48 ? 220 : 30;
  }),
  { width: 64, height: 64, channels: 3 },
);

beforeAll(async () => {
  desk = await Desk.open();
  await writeFile(desk.path('square.png'), await encodePng(square));
  await writeFile(desk.path('text.png'), 'no picture');
  await writeFile(
    desk.path('armature.config.mjs'),
    `import { defineExtension, field, Raster } from '@armature/sdk';
const definition = defineExtension({ setup({ contribute }) {
  contribute.preprocessor({
    name: 'two-tone', label: 'Two tones', tags: ['Scribble'],
    fields: { level: field.integer(128, { min: 0, max: 255 }) },
    process: (image, { args }) => image.map((value) => (value > args.level ? 255 : 0)),
  });
} });
export default { extensions: [{ manifest: { api: 1, id: 'you.tones', version: '1.0.0', engines: { armature: '*' } }, definition }] };
`,
  );
});
afterAll(() => desk.close());

const levels = async (file: string): Promise<Set<number>> =>
  new Set((await decodeImage(await readFile(desk.path(file)), { name: file })).toBytes());

it('makes a map beside the picture, or where it is told to', async () => {
  const made = await desk.run(['preprocess', 'canny', 'square.png', '--set', 'resolution=64', '--set', 'low_threshold=50']);
  expect(made).toEqual({ code: 0, stderr: '', stdout: `${desk.path('square-canny.png')}  64x64\n` });
  expect(await levels('square-canny.png')).toEqual(new Set([0, 255]));
  const told = await desk.run(['preprocess', 'Invert', 'square.png', '--out', 'maps/dark.png', '--json']);
  expect(JSON.parse(told.stdout)).toEqual({ path: desk.path('maps', 'dark.png'), module: 'invert', width: 64, height: 64, args: {} });
  expect(await levels('maps/dark.png')).toEqual(new Set([35, 225]));
});

it('knows what any extension contributes', async () => {
  const { stdout } = await desk.run(['preprocess', '--list']);
  expect(stdout).toMatch(/^NAME +LABEL +FROM +NEEDS +SET\n/);
  expect(stdout).toMatch(
    /\ncanny +armature\.controlnet +resolution=512 \(64…2048\) low_threshold=100 \(1…255\) high_threshold=200 \(1…255\)\n/,
  );
  expect(stdout).toMatch(/\nhed +softedge_hed +armature\.controlnet +ControlNetPreprocessor\/hed\.onnx +resolution=512/);
  expect(stdout).toMatch(/\ninpaint_only +armature\.controlnet +--mask\n/);
  expect(stdout).toMatch(/\ntwo-tone +Two tones +you\.tones +level=128 \(0…255\)\n/);
  const listed = JSON.parse((await desk.run(['preprocess', '--list', '--json'])).stdout) as { name: string; fields: object }[];
  expect(listed.find(({ name }) => name === 'two-tone')).toMatchObject({
    id: 'you.tones/two-tone',
    fields: { properties: { level: { maximum: 255 } } },
  });
  expect((await desk.run(['preprocess', 'two tones', 'square.png', '--set', 'level=10'])).code).toBe(0);
  expect(await levels('square-two-tone.png')).toEqual(new Set([255]));
});

it('says what is wrong, and writes nothing then', async () => {
  const before = await readdir(desk.folder);
  const wrong: readonly (readonly [readonly string[], number, RegExp])[] = [
    [[], 2, /CLI_USAGE: Give a preprocessor and a picture, or --list\./],
    [['cany', 'square.png'], 3, /PREPROCESSOR_UNKNOWN: There is no preprocessor "cany"\. Did you mean "canny"\?/],
    [['none', 'text.png'], 4, /IMAGE_INVALID: The picture text\.png cannot be read/],
    [['none', 'nowhere.png'], 4, /IMAGE_INVALID: The picture nowhere\.png cannot be read: there is no such file/],
    [['canny', 'square.png'], 7, /FOLDER_EXISTS: .*square-canny\.png exists already/],
    [['none', 'square.png', '--out', 'text.png/map.png'], 7, /OUTPUT_UNWRITABLE: .*text\.png/],
    [['none', 'square.png', '--set', 'resolution'], 2, /REQUEST_INVALID: --set: expected name=value/],
    [['none', 'square.png', '--set', 'resolution=big'], 2, /REQUEST_INVALID: --set resolution: expected a whole number|expected a number/],
    [['none', 'square.png', '--set', 'resolution=9000'], 2, /REQUEST_INVALID: --set resolution: expected 64 to 2048/],
    [['none', 'square.png', '--set', 'level=1'], 2, /REQUEST_INVALID: --set: none has no level; what may be set is resolution/],
    [['inpaint_only', 'square.png'], 2, /REQUEST_INVALID: mask: inpaint_only needs a mask/],
    [['hed', 'square.png'], 3, /PREPROCESSOR_FILE: The preprocessor hed needs a network, and hed\.onnx or ControlNetHED\.pth is not in/],
  ];
  for (const [args, code, message] of wrong) {
    const ended = await desk.run(['preprocess', ...args]);
    expect(ended, args.join(' ')).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  }
  expect(await readdir(desk.folder)).toEqual(before);
});
