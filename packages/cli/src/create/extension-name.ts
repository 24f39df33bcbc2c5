import { basename, dirname, join, resolve } from 'node:path';
import { HostError } from '@armature/sdk/host';

const part = /^[a-z0-9][a-z0-9-]*$/;
/** Ids and flags that are taken. */
const reservedOwners: readonly string[] = ['armature', 'script'];
const reservedNames: readonly string[] = ['hires', 'refiner'];

/** The names a new extension goes by. */
export interface ExtensionName {
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly owner: string;
  /** Of the folder, the package and the flags: `warm-light`. */
  readonly name: string;
  /** `owner.name`. */
  readonly id: string;
  /** `Warm light`. */
  readonly title: string;
  /** Kind of a prompt tag, which has no hyphens: `warm_light`. */
  readonly tag: string;
}

/**
 * Reads `warm-light`, `ada.warm-light` or either with a path before it. `owner` counts where the name has none.
 * @throws HostError REQUEST_INVALID
 */
export function extensionName(given: string, base: string, owner: string): ExtensionName {
  const path = resolve(base, given);
  const [name = '', ownOwner = owner, ...more] = basename(path).split('.').reverse();
  if (more.length > 0 || !part.test(name) || name.length > 100) throw invalid('name', given);
  if (!part.test(ownOwner)) throw invalid('owner', ownOwner);
  if (reservedOwners.includes(ownOwner)) throw invalid('owner', ownOwner, 'is reserved');
  if (reservedNames.includes(name)) throw invalid('name', name, 'is taken by flags of the command line');
  const words = name.replaceAll('-', ' ');
  return Object.freeze({
    folder: join(dirname(path), name),
    owner: ownOwner,
    name,
    id: `${ownOwner}.${name}`,
    title: `${words.charAt(0).toUpperCase()}${words.slice(1)}`.trim(),
    tag: name.replaceAll('-', '_'),
  });
}

/** The user's login name as an owner; `you` where it has no letters for one. */
export function ownerOf(login: string): string {
  const owner = login
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return part.test(owner) && !reservedOwners.includes(owner) ? owner : 'you';
}

const invalid = (
  field: string,
  seen: string,
  problem = 'is written with small letters, digits and hyphens: warm-light, or you.warm-light',
): HostError => new HostError('REQUEST_INVALID', { field, problem, seen });
