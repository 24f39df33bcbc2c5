import type { CatalogueApi } from '@armature/sdk';
import type { Scope } from '../di/index.js';

/** The catalogue as one extension has it: its listeners go with it, and one that fails is its own fault. */
export function ownedCatalogue(catalogue: CatalogueApi, failed: (error: unknown) => void, scope: Scope): CatalogueApi {
  const ends = new Set<() => void>();
  scope.onDispose(() => {
    for (const end of ends) end();
  });
  return Object.freeze({
    list: (kind) => catalogue.list(kind),
    find: (kind, name) => catalogue.find(kind, name),
    hash: (entry, part) => catalogue.hash(entry, part),
    refresh: (kind) => catalogue.refresh(kind),
    onChange(listener) {
      const end = catalogue.onChange(async (kinds) => {
        try {
          await listener(kinds);
        } catch (error) {
          failed(error);
        }
      });
      const once = (): void => {
        ends.delete(once);
        end();
      };
      ends.add(once);
      return once;
    },
  } satisfies CatalogueApi);
}
