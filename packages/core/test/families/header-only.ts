import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openWeights, type WeightsFile } from '../../src/checkpoint/index.js';
import { temporaryFolder } from '../checkpoint/temporary-folder.js';
import { byteLength, type LayoutEntry, safetensorsHeader } from './sd15-layout.js';

/** A checkpoint with a header and no data: a sparse file, since emission reads no values. */
export async function headerOnly(name: string, entries: readonly LayoutEntry[]): Promise<WeightsFile> {
  const path = join(temporaryFolder(), name);
  const header = safetensorsHeader(entries);
  writeFileSync(path, header);
  truncateSync(
    path,
    entries.reduce((sum, entry) => sum + byteLength(entry), header.length),
  );
  const file = await openWeights(path);
  afterAll(() => file.close());
  return file;
}
