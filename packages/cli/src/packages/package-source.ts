import { statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { HostError } from '@armature/sdk/host';

/** Where a package comes from. */
export interface PackageSource {
  readonly kind: 'registry' | 'folder' | 'file';
  /** What npm is asked for: `name@range`, or an absolute path. */
  readonly spec: string;
}

const registrySpec = /^(?:@[a-z0-9][\w.~-]*\/)?[a-z0-9][\w.~-]*(?:@[\w.^~<>=*|+-]+)?$/i;

/**
 * Reads what the user wrote: an npm name, a folder, or a packed file. Other sources that npm knows (git, addresses) are not taken:
 * a lockfile cannot hold them to the same bytes.
 * @throws HostError PACKAGE_SOURCE
 */
export function packageSource(given: string, base: string): PackageSource {
  const wrong = (problem: string): HostError => new HostError('PACKAGE_SOURCE', { seen: given, problem });
  const path = resolve(base, given);
  const info = statSync(path, { throwIfNoEntry: false });
  const isPath = /^\.{0,2}[/\\]|^\.{1,2}$|\.(?:tgz|tar\.gz)$/.test(given) || isAbsolute(given);
  if (!isPath && registrySpec.test(given)) {
    // A name that was meant for the folder must not fetch a stranger's package of that name.
    if (info?.isDirectory() && statSync(join(path, 'package.json'), { throwIfNoEntry: false }))
      throw wrong(`a folder of that name is here: write ./${given} for it, or ${given}@latest for the registry's package`);
    return { kind: 'registry', spec: given };
  }
  if (!info) throw wrong(isPath ? `there is no ${path}` : 'it is neither');
  if (info.isDirectory()) return { kind: 'folder', spec: path };
  if (!info.isFile() || !/\.(?:tgz|tar\.gz)$/.test(path)) throw wrong('this file was not made by npm pack');
  return { kind: 'file', spec: path };
}
