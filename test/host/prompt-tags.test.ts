import { defineExtension } from '@armature/sdk';
import { createTestHost } from '@armature/testing';
import { expect, it } from 'vitest';

const request = { prompt: 'a red circle <mood:calm:level=2> on a blue background', seed: 5, steps: 2, width: 64, height: 64 };
const manifestOf = (id: string) => ({ version: '1.0.0', armature: { api: 1, id, engines: { armature: '^0.1' } } });

it('hands a tag to whoever contributes its kind; one that throws is a fault of its owner, named once', async () => {
  const seen: unknown[] = [];
  const mood = defineExtension({
    setup({ contribute }) {
      contribute.promptTag({ name: 'mood', activate: (tags) => void seen.push(...tags) });
      contribute.promptTag({
        name: 'broken',
        activate() {
          throw new Error('no file');
        },
      });
    },
  });
  const host = await createTestHost({ extensions: [{ manifest: manifestOf('test.mood'), definition: mood }] });
  try {
    const result = await host.txt2img(request);
    expect(seen).toMatchObject([{ args: ['calm'], named: { level: '2' } }]);
    expect(result.faults).toMatchObject([
      { code: 'EXT_CONTRIBUTION_THREW', extension: 'test.mood', hook: 'promptTag broken', job: result.job },
    ]);
    expect(result.faults[0]?.message).toBe('The promptTag "broken" of test.mood failed: no file.');
    expect(result.images[0]?.infotext).toContain('Skipped: test.mood (promptTag broken)');
  } finally {
    await host.dispose();
  }
});
