import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ended, type OpenedServer, openServer, tiny } from './open-server.js';

const disk = mkdtempSync(join(tmpdir(), 'armature-disk-'));
const mounted = process.platform === 'linux' && spawnSync('/bin/mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk]).status === 0;
afterAll(() => {
  if (mounted) spawnSync('/bin/umount', [disk]);
  rmSync(disk, { recursive: true, force: true });
});

const url = '/armature/v1/jobs';
const filler = join(disk, 'filler');
/** Fills the disk to its last byte. */
const fill = async (): Promise<void> => {
  for (const size of [512 * 1024, 64 * 1024, 8192, 4096, 4096, 4096])
    await writeFile(filler, Buffer.alloc(size), { flag: 'a' }).catch(() => undefined);
};

async function files(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map(({ name }) => name);
}

async function running({ ask }: OpenedServer, id: string): Promise<void> {
  while ((await ask('GET', `${url}/${id}`)).body.status !== 'running') await new Promise((done) => setTimeout(done, 20));
}

// A disk of its own takes the right to mount one.
describe.runIf(mounted)('the disk is full', () => {
  it('refuses jobs that cannot be written, keeps those it has, and goes on when there is room', async () => {
    await mkdir(join(disk, 'data'));
    const out = join(disk, 'out');
    const opened = await openServer({ out }, { data: join(disk, 'data') });
    try {
      const send = (steps: number) => opened.ask('POST', url, { request: { ...tiny, steps }, save: true });
      const [long, next] = [(await send(400)).body.id, (await send(2)).body.id];
      await running(opened, long);
      await fill();
      for (let i = 0; i < 3; i++) expect(await send(2)).toMatchObject({ status: 507, body: { code: 'JOBS_UNWRITABLE' } });
      expect((await opened.ask('GET', url)).body.total).toBe(2);
      await rm(filler);
      for (const id of [long, next]) expect(await ended(opened, id)).toMatchObject({ status: 'done' });
      expect(await files(out)).toHaveLength(2);
      const again = await opened.ask('POST', url, { request: tiny });
      expect(await ended(opened, again.body.id)).toMatchObject({ status: 'done' });
    } finally {
      await opened.close();
    }
  });

  it('ends a job whose pictures find no room, with its code and without a file', async () => {
    const out = join(disk, 'pictures');
    const opened = await openServer({ out });
    try {
      const { id } = (await opened.ask('POST', url, { request: { ...tiny, steps: 150 }, save: true })).body;
      await running(opened, id);
      await fill();
      const { status, error } = await ended(opened, id);
      expect([status, error.code]).toEqual(['failed', 'OUTPUT_UNWRITABLE']);
      expect(error.message).toContain('the disk is full');
      await rm(filler);
      expect(await files(out)).toEqual([]);
    } finally {
      await opened.close();
    }
  });
});
