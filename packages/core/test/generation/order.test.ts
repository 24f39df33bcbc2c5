import { describe, expect, it } from 'vitest';
import { type Manifest, parseManifest } from '../../src/generation/manifest.js';
import { orderExtensions } from '../../src/generation/order-extensions.js';

const manifest = (id: string, more: object = {}): Manifest =>
  parseManifest({ version: '1.0.0', armature: { api: 1, id, engines: { armature: '*' }, ...more } }, 'here');

describe('order', () => {
  it('is by id where nobody says otherwise', () => {
    expect(orderExtensions([manifest('c.c'), manifest('a.a'), manifest('b.b')]).ordered).toEqual(['a.a', 'b.b', 'c.c']);
  });

  it('obeys requires, after and before', () => {
    const all = [
      manifest('a.a', { requires: ['z.z'] }),
      manifest('b.b', { after: ['a.a', 'not.there'] }),
      manifest('z.z'),
      manifest('y.y', { before: ['z.z'] }),
    ];
    expect(orderExtensions(all).ordered).toEqual(['y.y', 'z.z', 'a.a', 'b.b']);
  });

  it('lets the configuration settle two strangers, and only strangers', () => {
    const all = [manifest('a.a'), manifest('b.b'), manifest('c.c', { after: ['b.b'] })];
    expect(orderExtensions(all, ['b.b', 'not.there', 'a.a'])).toMatchObject({ ordered: ['b.b', 'a.a', 'c.c'], ignored: [] });
    expect(orderExtensions(all, ['c.c', 'b.b'])).toMatchObject({ ordered: ['a.a', 'b.b', 'c.c'], ignored: ['c.c → b.b'] });
  });

  it('names the way round a cycle and leaves the others alone', () => {
    const all = [
      manifest('a.a', { after: ['b.b'] }),
      manifest('b.b', { requires: ['c.c'] }),
      manifest('c.c', { after: ['a.a'] }),
      manifest('d.d', { after: ['a.a'] }),
    ];
    const { ordered, cycles } = orderExtensions(all);
    expect(ordered).toEqual(['d.d']);
    expect([...cycles]).toEqual([
      ['a.a', 'a.a → c.c → b.b → a.a'],
      ['b.b', 'b.b → a.a → c.c → b.b'],
      ['c.c', 'c.c → b.b → a.a → c.c'],
    ]);
  });
});

describe('manifest', () => {
  it.each([
    ['no block', {}, 'EXT_MANIFEST', /armature\.api/],
    ['a block that is no object', { armature: null }, 'EXT_MANIFEST', /not an object/],
    ['an id without an owner', { id: 'late' }, 'EXT_MANIFEST', /owner\.name/],
    ['a reserved id', { id: 'armature.core' }, 'EXT_MANIFEST', /reserved/],
    ['a misspelt field', { require: [] }, 'EXT_MANIFEST', /require/],
    ['a range that is none', { engines: { armature: 'new' } }, 'EXT_MANIFEST', /semver range/],
    ['another engine', { engines: { armature: '^3' } }, 'EXT_ENGINE_MISMATCH', /acme\.late asks for engine \^3/],
    ['another API', { api: 2, anything: true }, 'EXT_API_MISMATCH', /API 2/],
    ['a fractional API', { api: 1.5 }, 'EXT_MANIFEST', /armature\.api/],
  ])('refuses %s', (_name, change, code, message) => {
    const block = { api: 1, id: 'acme.late', engines: { armature: '^0.1' } };
    const source =
      'armature' in change || Object.keys(change).length === 0
        ? { version: '1.0.0', ...change }
        : { version: '1.0.0', armature: { ...block, ...change } };
    expect(() => parseManifest(source, '/somewhere/package.json')).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('takes a block that stands alone, with its version', () => {
    expect(
      parseManifest({ name: 'pkg', version: '1.0.0-rc.1', api: 1, id: 'acme.late', engines: { armature: '>=0.1.0-0' } }, 'here'),
    ).toMatchObject({
      id: 'acme.late',
      version: '1.0.0-rc.1',
      requires: [],
    });
  });
});
