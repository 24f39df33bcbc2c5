import { fileURLToPath } from 'node:url';
import { createTestHost } from '@armature/testing';
import { expect, it } from 'vitest';

it('is picked by name, like any sampler', async () => {
  const host = await createTestHost({ extensions: [{ from: fileURLToPath(new URL('..', import.meta.url)) }] });
  try {
    expect(host.samplers()).toContain('Ease');
    const result = await host.txt2img({
      prompt: 'a yellow star on a black background',
      seed: 3,
      steps: 8,
      width: 128,
      height: 128,
      sampler: 'Ease',
    });
    expect(result.images[0]?.infotext).toContain('Sampler: Ease, Schedule type: Karras');
    const euler = await host.txt2img({
      prompt: 'a yellow star on a black background',
      seed: 3,
      steps: 8,
      width: 128,
      height: 128,
      scheduler: 'Karras',
    });
    expect(result.images[0]?.image.toBytes()).not.toEqual(euler.images[0]?.image.toBytes());
  } finally {
    await host.dispose();
  }
});
