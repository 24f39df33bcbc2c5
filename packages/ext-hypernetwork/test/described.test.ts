import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTestHost } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import { expect, it } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import hypernetwork from '../src/index.js';
import { filled, hypernetworkFolder, safetensors, twoLayers } from './hypernetwork-kit.js';

const { name, version, armature } = manifest;

it('files of hypernetworks are said to hold what they hold', async () => {
  const folder = await hypernetworkFolder();
  const written = { activation_func: 'relu', activate_output: 'False', step: '500', sd_checkpoint_name: 'v1-5' };
  await folder.put('one.safetensors', safetensors({ ...twoLayers(768, 0.1), ...twoLayers(320, 0.1) }, written));
  await folder.put('other.safetensors', safetensors({ ...twoLayers(64, 0.1), '64.0.linear.0.bias': filled([3], 1) }));
  await folder.put('one.pt', safetensors(twoLayers(1024, 0.1)));
  const host = await createTestHost({
    models: [tinyModelFolder, folder.root],
    extensions: [{ manifest: { name, version, ...armature } as never, definition: hypernetwork }],
  });
  const path = (file: string): string => join(folder.root, 'hypernetworks', file);
  try {
    expect(await host.describeModel(path('one.safetensors'))).toMatchObject({
      kind: 'hypernetwork',
      format: 'hypernetwork',
      base: 'SD 1.x',
      facts: {
        widths: ['320', '768'],
        'layer structure': '1, 2, 1',
        activation: 'relu',
        'layer normalisation': 'no',
        step: '500',
        'trained on': 'v1-5',
      },
      problems: [],
    });
    expect(await host.describeModel(path('one.pt'))).toMatchObject({
      base: 'SD 2.x',
      problems: [{ code: 'HYPERNET_UNFIT', message: expect.stringContaining('has the same name and counts in its place') }],
    });
    expect(await host.describeModel('other')).toMatchObject({
      format: undefined,
      problems: [{ code: 'HYPERNET_UNFIT', message: expect.stringContaining('[128,64] and [3]') }],
    });
  } finally {
    await host.dispose();
    await rm(folder.root, { recursive: true, force: true });
  }
});
