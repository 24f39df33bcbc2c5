import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HostError } from '@armature/sdk/host';

/** The checkout this program runs from; undefined where it was installed. */
export function ownCheckout(): string | undefined {
  const folder = fileURLToPath(new URL('../../../../', import.meta.url));
  return isCheckout(folder) ? folder : undefined;
}

/** A checkout the user names. @throws HostError REQUEST_INVALID */
export function namedCheckout(given: string, base: string): string {
  const folder = resolve(base, given);
  if (isCheckout(folder)) return folder;
  throw new HostError('REQUEST_INVALID', { field: '--link', problem: `${folder} is no checkout of Armature after npm ci`, seen: given });
}

const isCheckout = (folder: string): boolean =>
  ['packages/cli/src/main.ts', 'packages/sdk/package.json', 'node_modules/typescript'].every((path) => existsSync(join(folder, path)));
