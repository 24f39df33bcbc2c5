import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { extensionStorage } from '../../src/generation/extension-storage.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('the folder of an extension', () => {
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'armature-storage-'));
  });
  afterEach(() => rmSync(data, { recursive: true, force: true }));

  it('gives back what was written last, and leaves no draft', async () => {
    const storage = extensionStorage(data, 'a.one');
    expect(await storage.read('notes/one.txt')).toBeUndefined();
    await storage.write('notes/one.txt', text('first'));
    await storage.write('notes/one.txt', text('second'));
    expect(Buffer.from((await storage.read('notes/one.txt')) ?? []).toString()).toBe('second');
    expect(readdirSync(join(storage.folder, 'notes'))).toEqual(['one.txt']);
  });

  it.each(['../b.two/secret', '/etc/passwd', '', '.', 'a/../../x'])('refuses to leave it: %j', async (name) => {
    const storage = extensionStorage(data, 'a.one');
    await expect(storage.write(name, text('x'))).rejects.toMatchObject({ code: 'PATH_ESCAPES' });
    await expect(storage.read(name)).rejects.toMatchObject({ code: 'PATH_ESCAPES' });
  });

  it('says why it cannot be written', async () => {
    writeFileSync(join(data, 'extensions'), '');
    const written = extensionStorage(data, 'a.one').write('x', text('x'));
    await expect(written).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      data: { problem: 'a part of the path is a file, not a folder' },
    });
  });
});
