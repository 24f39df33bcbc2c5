import { relative, resolve, sep } from 'node:path';
import { HostError } from '@armature/sdk/host';

/** The path of a name below a folder; links are not looked at. @throws HostError PATH_ESCAPES */
export function insideFolder(folder: string, name: string): string {
  const path = resolve(folder, name);
  const way = relative(folder, path);
  if (way === '' || way.startsWith(`..${sep}`) || way === '..' || resolve(way) === way)
    throw new HostError('PATH_ESCAPES', { path: name, folder });
  return path;
}
