import type { ContributionKind, ContributionKinds } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';

/** Owner of what the engine itself contributes. */
export const coreOwner = 'armature.core';

export interface RegistryEntry<K extends ContributionKind = ContributionKind> {
  readonly kind: K;
  /** `owner.name/thing` */
  readonly id: string;
  readonly owner: string;
  readonly value: ContributionKinds[K];
}

/** Kinds whose names are shared by everyone, so that two owners cannot both have one. */
const sharedKinds: readonly ContributionKind[] = ['modelFolder', 'modelReader', 'promptTag', 'setting', 'route', 'command'];

/** Everything a user picks by name, with its owner. Filled while a generation is built, then only read. */
export class ContributionRegistry {
  readonly #entries: RegistryEntry[] = [];
  readonly #clashes: HostError[] = [];

  /** Names that two owners contribute: each is reachable by its full id only, unless one of them is the engine's. */
  get clashes(): readonly HostError[] {
    return this.#clashes;
  }

  /**
   * By full id, by bare name where it is unique, or by alias. The engine's own bare names cannot be taken away.
   * `ignoreCase`: the letters' case does not matter, if nothing is spelt exactly so.
   */
  get<K extends ContributionKind>(
    kind: K,
    name: string,
    options: { readonly ignoreCase?: boolean } = {},
  ): ContributionKinds[K] | undefined {
    return this.find(kind, name, options)?.value;
  }

  find<K extends ContributionKind>(kind: K, name: string, options: { readonly ignoreCase?: boolean } = {}): RegistryEntry<K> | undefined {
    const entries = this.list(kind);
    const folds: readonly ((text: string) => string)[] = options.ignoreCase
      ? [(text) => text, (text) => text.toLowerCase()]
      : [(text) => text];
    for (const fold of folds) {
      const wanted = fold(name);
      const found =
        entries.find((entry) => fold(entry.id) === wanted) ??
        uniqueOf(entries.filter((entry) => fold(entry.value.name) === wanted)) ??
        entries.find((entry) => aliasesOf(entry).some((alias) => fold(alias) === wanted));
      if (found) return found;
    }
    return undefined;
  }

  /** In the order of contribution: the engine's, then the extensions' in their order. */
  list<K extends ContributionKind>(kind: K): readonly RegistryEntry<K>[] {
    return this.#entries.filter((entry) => entry.kind === kind) as unknown as readonly RegistryEntry<K>[];
  }

  /** Checks an item against what is there and against `pending`. @throws HostError EXT_DUPLICATE_CONTRIBUTION naming both owners. */
  check(entry: RegistryEntry, pending: readonly RegistryEntry[]): void {
    const { kind, owner, value } = entry;
    const sharesNames = sharedKinds.includes(kind);
    const twin = [...this.#entries, ...pending].find(
      (other) => other.kind === kind && (sharesNames ? other.value.name === value.name : other.id === entry.id),
    );
    if (twin) throw new HostError('EXT_DUPLICATE_CONTRIBUTION', { kind, name: value.name, first: twin.owner, second: owner });
  }

  add(entries: readonly RegistryEntry[]): void {
    for (const entry of entries) {
      const { kind, owner, value } = entry;
      const rival = this.#entries.find((other) => other.kind === kind && other.value.name === value.name);
      if (rival)
        this.#clashes.push(new HostError('EXT_DUPLICATE_CONTRIBUTION', { kind, name: value.name, first: rival.owner, second: owner }));
      this.#entries.push(entry);
    }
  }
}

const uniqueOf = <E extends RegistryEntry>(entries: readonly E[]): E | undefined =>
  entries.length === 1 ? entries[0] : entries.find((entry) => entry.owner === coreOwner);

function aliasesOf({ value }: RegistryEntry): readonly string[] {
  const { label, aliases = [] } = value as { readonly label?: string; readonly aliases?: readonly string[] };
  return label === undefined ? aliases : [label, ...aliases];
}
