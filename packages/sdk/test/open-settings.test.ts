import { field, openSettings, type StorageApi } from '@armature/sdk';
import { expect, expectTypeOf, it } from 'vitest';

/** A storage in memory: the interface is two functions. */
function memory(files: Record<string, string> = {}): StorageApi & { readonly files: Record<string, string> } {
  return {
    folder: '/nowhere',
    files,
    read: async (name) => (files[name] === undefined ? undefined : new TextEncoder().encode(files[name])),
    async write(name, bytes) {
      files[name] = new TextDecoder().decode(bytes);
    },
  };
}
const fields = { count: field.integer(3, { min: 0 }), names: field.list(field.text()) };

it('keeps values from one run to the next', async () => {
  const storage = memory();
  const settings = await openSettings(storage, fields);
  expectTypeOf(settings.values.count).toEqualTypeOf<number>();
  expect(settings.values).toEqual({ count: 3, names: [] });
  await Promise.all([settings.set({ count: 4 }), settings.set({ names: ['a'] })]);
  expect(settings.values).toEqual({ count: 4, names: ['a'] });
  expect((await openSettings(storage, fields)).values).toEqual({ count: 4, names: ['a'] });
});

it('turns a wrong change down whole', async () => {
  const storage = memory();
  const settings = await openSettings(storage, fields);
  await expect(settings.set({ count: -1, names: ['b'] })).rejects.toThrow(/^count: /);
  await expect(settings.set({ cuont: 1 } as never)).rejects.toThrow(RangeError);
  expect(settings.values).toEqual({ count: 3, names: [] });
  expect(storage.files).toEqual({});
  await settings.set({ count: 5 });
  expect(settings.values.count).toBe(5);
});

it.each([
  ['{"count": 7, "names": 5, "old": 1}', { count: 7, names: [] }],
  ['{"count"', { count: 3, names: [] }],
  ['null', { count: 3, names: [] }],
  ['[1]', { count: 3, names: [] }],
])('reads %s as far as it can', async (text, expected) => {
  expect((await openSettings(memory({ 'settings.json': text }), fields)).values).toEqual(expected);
});
