import { storageDtypes } from './known-globals.js';
import { PickleGlobal, type PickleStorage, type PickleValue } from './pickle-value.js';

/** `('storage', class, key, device, elements)` → the storage; further items describe views that PyTorch no longer writes. */
export function storageOf(id: PickleValue, fail: (problem: string) => never): { readonly storage: PickleStorage } {
  const [kind, type, key, , elements, view] = Array.isArray(id) ? id : [];
  const dtype = type instanceof PickleGlobal && Object.hasOwn(storageDtypes, type.name) ? storageDtypes[type.name] : undefined;
  const lawful = kind === 'storage' && typeof key === 'string' && Number.isSafeInteger(elements) && (elements as number) >= 0;
  if (!lawful) return fail('a storage that is not described as one');
  if (!dtype) return fail(`a storage of ${type instanceof PickleGlobal ? type.name : 'no known class'}`);
  if (view !== undefined && view !== null) return fail('a view of a storage, which only files from before PyTorch 0.4 have');
  return { storage: { key, dtype, elements: elements as number } };
}
