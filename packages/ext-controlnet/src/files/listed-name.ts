import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { CatalogueEntry } from '@armature/sdk';

/** Where the part of a file lies that its oldest kind of hash is made of, and its length. */
const start = 0x100000;
const length = 0x10000;
const known = new Map<string, string>();

/** A model's name as clients list and send it: `control_v11p_sd15_canny [d14c016b]`. A file that cannot be read has no hash. */
export async function listedName({ name, path, bytes, modified }: CatalogueEntry): Promise<string> {
  const key = JSON.stringify([path, bytes, modified]);
  const hash = known.get(key) ?? (await oldHash(path).catch(() => undefined));
  if (hash === undefined) return name;
  known.set(key, hash);
  return `${name} [${hash}]`;
}

/** The webui's first hash of a file: eight hex digits of 64 KiB behind its first MiB. */
async function oldHash(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, start);
    return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex').slice(0, 8);
  } finally {
    await file.close();
  }
}
