import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const folderOf = (name: string): string => realpathSync(dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`))));

/** Real folders of the engine's packages, as this package sees them. */
export const engineFolders = {
  get core(): string {
    return folderOf('@armature/core');
  },
  get all(): readonly string[] {
    return ['@armature/sdk', '@armature/nn', '@armature/core', '@armature/compose'].map(folderOf);
  },
} as const;
