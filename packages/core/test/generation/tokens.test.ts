import { createToken, type ExtensionDefinition, STORAGE, type StorageApi } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { generationOf, sourceOf } from './generation-kit.js';

interface Masks {
  find(): string;
}
const MASKS = createToken<Masks>('acme.masks');
const giver = (id: string, manifest: object = {}, more: Partial<ExtensionDefinition> = {}) =>
  sourceOf(id, { setup: ({ offer }) => offer(MASKS, { find: () => id }), ...more }, { provides: ['acme.masks'], ...manifest });
const asks = (id: string, heard: string[], manifest: object = {}) =>
  sourceOf(id, { setup: ({ use }) => void heard.push(use(MASKS).find()) }, manifest);
const reportsOf = async (extensions: Parameters<typeof generationOf>[0]['extensions']) => {
  const generation = await generationOf({ extensions: extensions ?? [] });
  return Object.fromEntries(generation.extensions().map((report) => [report.id, report]));
};

describe('a token between two extensions', () => {
  it('reaches who requires its provider, whatever their names', async () => {
    const heard: string[] = [];
    const reports = await reportsOf([asks('a.user', heard, { requires: ['z.giver'] }), giver('z.giver')]);
    expect(heard).toEqual(['z.giver']);
    expect(reports['z.giver']).toMatchObject({ state: 'active', provides: ['acme.masks'] });
    expect(reports['a.user']?.state).toBe('active');
  });

  it('whose provider comes later: blocked, and told what to write', async () => {
    const reports = await reportsOf([asks('a.user', []), giver('z.giver')]);
    expect(reports['a.user']).toMatchObject({ state: 'blocked', blockedBy: 'z.giver', cause: { code: 'EXT_PROVIDER' } });
    expect(reports['a.user']?.cause?.message).toBe(
      'a.user asks for acme.masks of z.giver, which comes later: write "requires": ["z.giver"] in the manifest.',
    );
    expect(reports['z.giver']?.state).toBe('active');
  });

  it('whose provider has failed, or keeps its word to itself: blocked by it', async () => {
    const failing = giver('b.giver', {}, { setup: () => Promise.reject(new Error('no licence')) });
    const failed = await reportsOf([failing, asks('c.user', [])]);
    expect(failed['c.user']).toMatchObject({ state: 'blocked', blockedBy: 'b.giver', cause: { code: 'EXT_PROVIDER' } });
    expect(failed['c.user']?.cause?.message).toContain('of b.giver, which is failed');
    const silent = await reportsOf([giver('b.giver', {}, { setup() {} }), asks('c.user', [])]);
    expect(silent['c.user']?.cause?.message).toContain('which did not offer it in its setup, though its manifest says so');
  });

  it('that nobody has heard of fails its user and names the token', async () => {
    const { 'c.user': report } = await reportsOf([asks('c.user', [])]);
    expect(report).toMatchObject({ state: 'failed', blockedBy: undefined, cause: { code: 'TOKEN_MISSING' } });
    expect(report?.cause?.message).toContain('acme.masks');
  });

  it('offered twice stays with the first; the second fails and both are named', async () => {
    const heard: string[] = [];
    const reports = await reportsOf([giver('a.giver'), giver('b.giver'), asks('c.user', heard)]);
    expect(heard).toEqual(['a.giver']);
    expect(reports['b.giver']).toMatchObject({ state: 'failed', cause: { code: 'EXT_DUPLICATE_CONTRIBUTION' } });
    expect(reports['b.giver']?.cause?.message).toBe(
      'token "acme.masks" is contributed by a.giver and by b.giver. Remove one of them, or rename its contribution.',
    );
  });

  it('is there as long as its users: they go first', async () => {
    const gone: string[] = [];
    const generation = await generationOf({
      extensions: [
        sourceOf(
          'a.user',
          {
            setup({ use, onDispose }) {
              const masks = use(MASKS);
              onDispose(() => void gone.push(`user, still with ${masks.find()}`));
            },
          },
          { requires: ['z.giver'] },
        ),
        giver(
          'z.giver',
          {},
          {
            setup({ offer, onDispose }) {
              let open = true;
              offer(MASKS, { find: () => (open ? 'an open giver' : 'a closed giver') });
              onDispose(() => {
                open = false;
                gone.push('giver');
              });
            },
          },
        ),
      ],
    });
    await generation.release();
    expect(gone).toEqual(['user, still with an open giver', 'giver']);
  });
});

it('the embedder’s storage is made for each extension', async () => {
  const asked: string[] = [];
  const seen: string[] = [];
  const storage = (extension: string): StorageApi => {
    asked.push(extension);
    return { folder: `memory:${extension}`, read: async () => undefined, write: async () => {} };
  };
  const setup: ExtensionDefinition['setup'] = ({ use }) => void seen.push(use(STORAGE).folder, use(STORAGE).folder);
  await generationOf({ extensions: [sourceOf('a.one', { setup }), sourceOf('b.two', { setup })], provide: [[STORAGE, storage]] });
  expect(asked).toEqual(['a.one', 'b.two']);
  expect(seen).toEqual(['memory:a.one', 'memory:a.one', 'memory:b.two', 'memory:b.two']);
});
