import { createHash } from 'node:crypto';
import { readFile, rm, stat } from 'node:fs/promises';
import type { JobFile } from './stored-job.js';

/**
 * Removes what an attempt has put on disk and nothing else: a file goes only if it is the very one (inode) and has the bytes
 * (digest) that were written down before it got its name.
 */
export async function discardFiles(files: readonly JobFile[]): Promise<void> {
  for (const { path, digest, inode } of files) {
    if (inode === undefined) await rm(path, { force: true });
    else if (await isOurs(path, digest, inode)) await rm(path, { force: true });
  }
}

async function isOurs(path: string, digest: string, inode: string): Promise<boolean> {
  try {
    const found = await stat(path, { bigint: true });
    // Where files cannot be linked, an empty one holds the name for a moment.
    if (found.size === 0n) return true;
    return (
      String(found.ino) === inode &&
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex') === digest
    );
  } catch {
    return false;
  }
}
