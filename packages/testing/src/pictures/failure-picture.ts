import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Raster } from '@armature/sdk';
import { png } from './png.js';

/** Where a failure happened; names its picture. */
export interface FailurePlace {
  readonly testPath?: string | undefined;
  readonly currentTestName?: string | undefined;
}

/**
 * Writes the picture of a failure into `armature-testing/` of the folder for temporary files (`TMPDIR` moves it), under the
 * test's name: the next run of the test writes over it. @returns its path
 */
export function writeFailurePicture(image: Raster, matcher: string, { testPath = '', currentTestName = 'picture' }: FailurePlace): string {
  const folder = join(tmpdir(), 'armature-testing');
  const readable = currentTestName
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 80);
  const hash = createHash('sha256').update(`${testPath}\0${currentTestName}`).digest('hex').slice(0, 8);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${readable}-${matcher}-${hash}.png`);
  writeFileSync(path, png(image));
  return path;
}
