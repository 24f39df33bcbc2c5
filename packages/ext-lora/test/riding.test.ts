import { rm } from 'node:fs/promises';
import { RUNTIME, startRuntime } from '@armature/core';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { afterAll, beforeAll, expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import lora from '../src/index.js';
import { loraFolder, safetensors, smallLora } from './network-kit.js';

type Host = Awaited<ReturnType<typeof createTestHost>>;

const { name, version, armature } = manifest;
const request = { seed: 5, steps: 3, width: 64, height: 64 };
const layers = { te: [64, 64], unet: [64, 64] } as const;

let host: Host;
let runtime: Awaited<ReturnType<typeof startRuntime>>;
let folder: Awaited<ReturnType<typeof loraFolder>>;
/** Sessions that were created. */
let loads = 0;
beforeAll(async () => {
  folder = await loraFolder();
  await folder.put('one.safetensors', safetensors(smallLora(layers, 0.4)));
  await folder.put('two.safetensors', safetensors(smallLora(layers, -0.3, 4)));
  runtime = await startRuntime({});
  const counted = new Proxy(runtime, {
    get(target, member) {
      const value: unknown = Reflect.get(target, member, target);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (member === 'load') loads++;
        return value.apply(target, args);
      };
    },
  });
  host = await createTestHost({
    models: [tinyModelFolder, folder.root],
    extensions: [{ manifest: { name, version, ...armature } as never, definition: lora }],
    provide: [[RUNTIME, () => async () => counted]],
  });
});
afterAll(async () => {
  await host?.dispose();
  await runtime?.dispose();
  await rm(folder.root, { recursive: true, force: true });
});

const make = async (prompt: string): Promise<string> => {
  const { images, faults } = await host.txt2img({ ...request, prompt });
  expect(faults).toEqual([]);
  return Buffer.from(images[0]?.image.toBytes() ?? []).toString('base64');
};

it('no LoRA of low rank creates a session, the first one included, and the plain picture comes back bit for bit', async () => {
  const plain = await make('a red circle');
  const before = loads;
  const tags = ['<lora:one:1>', '<lora:two:0.5>', '<lora:one:-2><lora:two:0.3>', '<lora:one:0:1>', '<lora:two:1:1:1>'];
  const made: string[] = [];
  for (const tag of tags) made.push(await make(`a red circle${tag}`));
  expect(new Set([plain, ...made]).size).toBe(tags.length + 1);
  expect(await make('a red circle')).toBe(plain);
  expect(loads - before).toBe(0);
});

it('what was sent for a job is freed with it', async () => {
  await make('a red circle<lora:one:1>');
  expect((await runtime.memory()).handles).toBe(0);
});
