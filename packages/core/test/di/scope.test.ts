import { createToken } from '@armature/sdk';
import { describe, expect, it } from 'vitest';
import { Scope } from '../../src/di/index.js';

const NUMBER = createToken<{ readonly value: number }>('test.number');
const TEXT = createToken<string>('test.text');

describe('scope', () => {
  it('makes one instance, lazily, in the scope that provides it', () => {
    let made = 0;
    const host = new Scope('host');
    host.provide(NUMBER, () => ({ value: ++made }));
    const child = host.child('generation 1').child('acme.late');
    expect(made).toBe(0);
    expect(child.get(NUMBER)).toBe(host.get(NUMBER));
    expect(made).toBe(1);
  });

  it('a factory sees its own scope, not the overrides of whichever child asks first', () => {
    const host = new Scope('host');
    host.provide(TEXT, () => 'host');
    host.provide(NUMBER, (scope) => ({ value: scope.get(TEXT).length }));
    const child = host.child('child');
    child.provide(TEXT, () => 'a longer one');
    expect(child.get(NUMBER).value).toBe(4);
    expect(child.get(TEXT)).toBe('a longer one');
    expect(host.get(TEXT)).toBe('host');
  });

  it('names token and scope when nobody provides it', () => {
    const scope = new Scope('host').child('acme.late');
    expect(scope.has(TEXT)).toBe(false);
    expect(() => scope.get(TEXT)).toThrow(/acme\.late asks for test\.text/);
  });

  it('shares nothing with another root', () => {
    const scope = new Scope('host');
    scope.provide(TEXT, () => 'x');
    expect(new Scope('another host').has(TEXT)).toBe(false);
  });

  it('disposes children first, then its own disposers in reverse', async () => {
    const said: string[] = [];
    const host = new Scope('host');
    host.onDispose(() => void said.push('host 1'));
    host.onDispose(async () => void said.push('host 2'));
    const older = host.child('older');
    older.onDispose(() => void said.push('older'));
    older.child('grandchild').onDispose(() => void said.push('grandchild'));
    host.child('younger').onDispose(() => void said.push('younger'));
    await host.dispose();
    await host.dispose();
    expect(said).toEqual(['younger', 'grandchild', 'older', 'host 2', 'host 1']);
    expect(() => host.get(TEXT)).toThrow(/disposed/);
    expect(() => older.child('x')).toThrow(/disposed/);
  });

  it('a child that is disposed alone leaves its parent whole', async () => {
    let closed = 0;
    const host = new Scope('host');
    host.provide(TEXT, () => 'x');
    const child = host.child('child');
    child.onDispose(() => void closed++);
    child.get(TEXT);
    await child.dispose();
    expect(host.get(TEXT)).toBe('x');
    await host.dispose();
    expect(closed).toBe(1);
  });

  it('goes on after a disposer that fails, and collects all errors flat', async () => {
    const said: string[] = [];
    const host = new Scope('host');
    host.onDispose(() => void said.push('still ran'));
    host.onDispose(() => {
      throw new Error('own');
    });
    host.child('child').onDispose(() => Promise.reject(new Error('childish')));
    const error: AggregateError = await host.dispose().then(
      () => expect.fail('it must reject'),
      (reason) => reason,
    );
    expect(error).toBeInstanceOf(AggregateError);
    expect(error.errors.map((each: Error) => each.message)).toEqual(['childish', 'own']);
    expect(said).toEqual(['still ran']);
  });
});
