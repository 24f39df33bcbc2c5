import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLOCK, type Clock, createHost, type Host, type HostConfig } from '@armature/core';
import { tinyModelFolder } from '@armature/tiny-model';

export interface TestHostConfig extends HostConfig {
  /** What deadlines of extensions and dates of saved files go by; see `createFakeClock`. Default: the real time. */
  readonly clock?: Clock;
}

/**
 * A whole host on the tiny model, in a data folder of its own that goes with it. Nothing is mocked; it needs no download
 * and no GPU. Everything in `config` overrides the test defaults (quiet log, two threads, scripts allowed, folders not watched).
 */
export async function createTestHost(config: TestHostConfig = {}): Promise<Host> {
  const { clock, ...given } = config;
  const data = await mkdtemp(join(tmpdir(), 'armature-test-'));
  const clean = (): Promise<void> => rm(data, { recursive: true, force: true });
  try {
    const host = await createHost({
      models: [tinyModelFolder],
      data,
      threads: 2,
      allowScripts: true,
      watch: false,
      log: { debug() {}, info() {}, warn() {}, error() {} },
      ...given,
      provide: [...(clock ? [[CLOCK, () => clock] as const] : []), ...(given.provide ?? [])],
    });
    return { ...bind(host), dispose: () => host.dispose().finally(clean) };
  } catch (error) {
    await clean();
    throw error;
  }
}

/** The host's members as plain ones of a plain object, so that one of them can be replaced. */
function bind(host: Host): Host {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(host)).filter((name) => name !== 'constructor') as (keyof Host)[];
  const methods = names.map((name) => [name, (host[name] as (...args: unknown[]) => unknown).bind(host)]);
  return { ...Object.fromEntries(methods), version: host.version, data: host.data };
}
