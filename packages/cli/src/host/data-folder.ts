import { resolve } from 'node:path';
import envPaths from 'env-paths';
import type { Terminal } from '../terminal.js';

/** Where hashes, consents, bundles and the extensions' own files are kept; `ARMATURE_DATA` overrides it. */
export function dataFolder(terminal: Terminal): string {
  const { ARMATURE_DATA } = terminal.env;
  return ARMATURE_DATA ? resolve(terminal.folder, ARMATURE_DATA) : envPaths('armature', { suffix: '' }).data;
}
