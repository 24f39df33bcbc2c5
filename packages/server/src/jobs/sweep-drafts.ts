import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAlive } from './is-alive.js';

/** Unfinished files of processes that are gone, directly in a folder. */
export async function sweepDrafts(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const pid = /^\.armature-(\d+)-[0-9a-f]{12}\.tmp$/.exec(name)?.[1];
    if (pid !== undefined && !(await isAtWork(Number(pid), join(folder, name)))) await rm(join(folder, name), { force: true });
  }
}

/** In a container the process before this one may have had its number. */
async function isAtWork(pid: number, path: string): Promise<boolean> {
  if (pid !== process.pid) return isAlive(pid);
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && found.mtimeMs >= performance.timeOrigin;
}
