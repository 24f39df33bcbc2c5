import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { generationRequestSchema } from '@armature/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Desk } from './armature.js';

let desk: Desk;
beforeAll(async () => {
  desk = await Desk.open();
  await mkdir(desk.path('none'));
  await writeFile(desk.path('file'), 'x');
  await mkdir(desk.path('broken/Stable-diffusion'), { recursive: true });
  await writeFile(desk.path('broken/Stable-diffusion/empty.safetensors'), '');
  await writeFile(desk.path('broken/Stable-diffusion/text.safetensors'), 'this is no checkpoint, whatever its name says');
  await writeFile(desk.path('bad.config.ts'), 'export default { threads: "many" };');
});
afterAll(() => desk.close());

describe('help', () => {
  it('is made from the request schema', async () => {
    const { code, stdout } = await desk.run(['txt2img', '--help']);
    expect(code).toBe(0);
    const text = stdout.replace(/\s+/g, ' ');
    for (const [name, schema] of Object.entries(generationRequestSchema.shape)) {
      if (!['prompt', 'width', 'height', 'hires', 'refiner', 'init', 'script', 'settings', 'extensions'].includes(name))
        expect(text).toContain(schema.description);
    }
    expect(text).toContain('--steps <n> Sampling steps (1 to 10000; default 20)');
  });

  it('has every flag on the page docs/cli.md', async () => {
    const page = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8');
    const help = await Promise.all(
      ['txt2img', 'img2img', 'info', 'again', 'models', 'models show', 'models tidy', 'create', 'add', 'remove', 'list'].map((command) =>
        desk.run([...command.split(' '), '--help']),
      ),
    );
    const flags = help.flatMap(({ stdout }) => [...stdout.matchAll(/^ {2}(--[\w.-]+)/gm)].map(([, flag]) => flag as string));
    expect(flags.length).toBeGreaterThan(60);
    expect(flags.filter((flag) => !page.includes(`\`${flag}`))).toEqual([]);
  });

  it('names the exit codes', async () => {
    const { code, stdout, stderr } = await desk.run(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/Exit codes:\n {2}0 {3}done/);
    for (const command of ['txt2img', 'img2img', 'info', 'again', 'models', 'extensions', 'create', 'add', 'remove', 'list'])
      expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  });

  it('tells the version', async () => {
    expect(await desk.start(['--version']).ended).toEqual({ code: 0, stdout: '0.1.0\n', stderr: '' });
  });
});

describe('a wrong command line', () => {
  const cases: readonly (readonly [string, readonly string[], number, RegExp])[] = [
    ['no command', [], 2, /CLI_USAGE: No command was given/],
    ['help for an unknown command', ['help', 'paint'], 2, /CLI_USAGE: No command was given, or none of that name/],
    ['an unknown command', ['txt2imgg', 'x'], 2, /CLI_USAGE: unknown command 'txt2imgg' \(Did you mean txt2img\?\)/],
    ['an unknown option', ['txt2img', 'x', '--seeed', '5'], 2, /CLI_USAGE: unknown option '--seeed' \(Did you mean --seed\?\)/],
    ['an unknown option of an extension', ['txt2img', 'x', '--blur.from', '5'], 2, /CLI_USAGE: unknown option '--blur.from'/],
    ['a missing prompt', ['txt2img'], 2, /CLI_USAGE: missing required argument 'prompt'/],
    ['a prompt without quotes', ['txt2img', 'a', 'red', 'circle'], 2, /CLI_USAGE: too many arguments for 'txt2img'/],
    ['an option without its value', ['txt2img', 'x', '--steps'], 2, /CLI_USAGE: option '--steps <n>' argument missing/],
    [
      'an unknown flag of the second run',
      ['txt2img', 'x', '--hires.scael', '2'],
      2,
      /unknown option '--hires.scael' \(Did you mean --hires.scale/,
    ],
    [
      'a scale that is none',
      ['txt2img', 'x', '--hires.scale', 'big'],
      2,
      /REQUEST_INVALID: --hires.scale: expected a number \(seen: big\)/,
    ],
    ['a refiner without a checkpoint', ['txt2img', 'x', '--refiner.switch-at', '0.5'], 2, /CLI_USAGE: .* give one with --refiner\.model/],
    ['image to image without a picture', ['img2img'], 2, /CLI_USAGE: missing required argument 'picture'/],
    ['image to image without a prompt', ['img2img', 'file'], 2, /CLI_USAGE: missing required argument 'prompt'/],
    [
      'a picture that is not there',
      ['img2img', 'no.png', 'x'],
      4,
      /IMAGE_INVALID: The picture no.png cannot be read: there is no such file/,
    ],
    ['a picture that is none', ['img2img', 'file', 'x'], 4, /IMAGE_INVALID: The picture file cannot be read: it is no PNG, JPEG or WebP/],
    ['a folder as a picture', ['img2img', 'none', 'x'], 4, /IMAGE_INVALID: The picture none cannot be read: it is no file/],
    ['a blur without a mask', ['img2img', 'file', 'x', '--mask-blur', '4'], 2, /CLI_USAGE: There is no mask/],
    ['denoising of 2', ['img2img', 'file', 'x', '--denoising-strength', '2'], 2, /--denoising-strength: expected 0 to 1 \(seen: 2\)/],
    ['a resize mode that is none', ['img2img', 'file', 'x', '--resize-mode', 'squash'], 2, /--resize-mode: expected one of stretch, crop/],
    ['info of a file that is no picture', ['info', 'file'], 4, /IMAGE_INVALID: The picture file /],
    ['again of a file that is not there', ['again', 'no.png'], 4, /IMAGE_INVALID: The picture no.png /],
    ['steps that are no number', ['txt2img', 'x', '--steps', 'ten'], 2, /REQUEST_INVALID: --steps: expected a number \(seen: ten\)/],
    ['no steps', ['txt2img', 'x', '--steps', '0'], 2, /REQUEST_INVALID: --steps: expected 1 to 10000 \(seen: 0\)/],
    ['a size that is none', ['txt2img', 'x', '--size', 'big'], 2, /REQUEST_INVALID: --size: .* \(seen: big\)/],
    ['a size of 0', ['txt2img', 'x', '--size', '0x64'], 2, /SIZE_INVALID: width 0 /],
    ['a negative size', ['txt2img', 'x', '--size', '64x-64'], 2, /SIZE_INVALID: height -64 /],
    ['a size of 100,000', ['txt2img', 'x', '--size', '64x100000'], 2, /SIZE_INVALID: height 100000 /],
    ['an unknown setting', ['txt2img', 'x', '--set', 'randn_sorce=NV'], 2, /SETTING_UNKNOWN: .*"randn_sorce".*"randn_source"/],
    ['an unknown sampler', ['txt2img', 'x', '--sampler', 'Eular'], 3, /SAMPLER_UNKNOWN: .*"Eular"/],
    ['an unknown scheduler', ['txt2img', 'x', '--scheduler', 'Caras'], 3, /SCHEDULER_UNKNOWN: .*"Caras"/],
    ['an unknown model', ['txt2img', 'x', '--model', 'v9'], 3, /MODEL_NOT_FOUND: .*"v9"/],
    ['an unknown device', ['txt2img', 'x', '--device', 'abacus'], 2, /DEVICE_UNKNOWN: .*"abacus"/],
    ['a model folder that is not there', ['models', '--models', 'nowhere'], 2, /REQUEST_INVALID: --models: there is no folder .*nowhere/],
    ['a model folder without models', ['txt2img', 'x', '--models', 'none'], 3, /MODEL_NONE: No checkpoint was found in .*none/],
    ['an empty checkpoint', ['txt2img', 'x', '--models', 'broken', '--model', 'empty'], 4, /CKPT_EMPTY: .*empty\.safetensors/],
    ['a text as a checkpoint', ['txt2img', 'x', '--models', 'broken', '--model', 'text'], 4, /CKPT_\w+: .*text\.safetensors/],
    ['an output folder that is a file', ['txt2img', 'x', '--out', 'file'], 7, /OUTPUT_UNWRITABLE: .*file /],
    [
      'a configuration that is not there',
      ['models', '--config', 'my.config.ts'],
      2,
      /CONFIG_INVALID: .*my\.config\.ts: there is no such file/,
    ],
    ['a wrong configuration', ['models', '--config', 'bad.config.ts'], 2, /CONFIG_INVALID: .*bad\.config\.ts: threads: /],
    ['an unknown script to allow', ['extensions', 'allow', 'script.nobody'], 3, /EXT_NOT_FOUND: .*"script\.nobody"/],
  ];

  it.each(cases)('%s', async (_, args, code, message) => {
    const ended = await desk.run(args);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr).toMatch(/^armature: [A-Z_]+: /m);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    expect(ended.code).toBe(code);
    expect(ended.stdout).toBe('');
  });

  it('is one object on stdout with --json', async () => {
    const { code, stdout } = await desk.run(['txt2img', 'x', '--sampler', 'Eular', '--json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      error: { code: 'SAMPLER_UNKNOWN', message: expect.stringContaining('Eular'), data: { name: 'Eular' } },
    });
    expect(JSON.parse((await desk.run(['txt2img', '--sed', '5', '--json'])).stdout)).toMatchObject({ error: { code: 'CLI_USAGE' } });
  });

  it('shows where an error comes from with ARMATURE_DEBUG', async () => {
    const { stderr } = await desk.run(['txt2img', 'x', '--sampler', 'Eular'], { ARMATURE_DEBUG: '1' });
    expect(stderr).toMatch(/\n\s+at /);
  });
});
