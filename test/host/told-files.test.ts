import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SavingFile } from '@armature/core';
import { createTestHost } from '@armature/testing';
import { expect, it } from 'vitest';

const request = { prompt: 'a star', seed: 5, steps: 2, width: 64, height: 64 };

it('tells of each file before it is there, and of the turn before anything is loaded', async () => {
  const out = await mkdtemp(join(tmpdir(), 'armature-told-'));
  const host = await createTestHost();
  try {
    const told: SavingFile[] = [];
    const stages: string[] = [];
    const { images } = await host.txt2img(
      { ...request, settings: { save_txt: true } },
      {
        out,
        onProgress: ({ stage }) => void stages.push(stage),
        onStart: () => void stages.push('start'),
        onSaving: async (file) => {
          await expect(stat(file.path)).rejects.toMatchObject({ code: 'ENOENT' });
          told.push(file);
        },
      },
    );
    expect(stages.slice(0, 3)).toEqual(['queued', 'start', 'model']);
    const paths = (await readdir(out, { recursive: true, withFileTypes: true }))
      .filter((e) => e.isFile())
      .map((e) => join(e.parentPath, e.name));
    expect(paths).toHaveLength(2);
    expect(paths).toContain(images[0]?.path);
    for (const path of paths) {
      const last = told.find((file) => file.path === path);
      expect(last?.digest).toBe(
        createHash('sha256')
          .update(await readFile(path))
          .digest('hex'),
      );
      expect(last?.inode).toBe(String((await stat(path, { bigint: true })).ino));
    }
    const refusing = host.txt2img(request, {
      out,
      onSaving: () => {
        throw new Error('no');
      },
    });
    await expect(refusing).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect((await readdir(out, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())).toHaveLength(2);
    expect(host.timings()).toEqual([]);
  } finally {
    await host.dispose();
    await rm(out, { recursive: true, force: true });
  }
});

it('checks a request without running it', async () => {
  const host = await createTestHost();
  try {
    await host.check(request);
    await expect(host.check({ ...request, width: 1 })).rejects.toMatchObject({ code: 'SIZE_INVALID' });
    await expect(host.check({ ...request, settings: { nothing: 1 } })).rejects.toMatchObject({ code: 'SETTING_UNKNOWN' });
    await expect(host.check({ ...request, extensions: { 'no.such': {} } })).rejects.toMatchObject({ code: 'EXT_NOT_FOUND' });
  } finally {
    await host.dispose();
  }
});
