import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHost, type Host, type HostConfig } from '@armature/core';
import { tinyModelFolder } from '@armature/tiny-model';

/**
 * A whole host on the tiny model, in a data folder of its own that goes with it. Nothing is mocked; it needs no download
 * and no GPU. Everything in `config` overrides the test defaults (quiet log, two threads, scripts allowed).
 */
export async function createTestHost(config: HostConfig = {}): Promise<Host> {
  const data = await mkdtemp(join(tmpdir(), 'armature-test-'));
  const host = await createHost({
    models: [tinyModelFolder],
    data,
    threads: 2,
    allowScripts: true,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    ...config,
  });
  return {
    ...bind(host),
    async dispose() {
      await host.dispose();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** The host's methods as plain functions, so that one of them can be replaced. */
function bind(host: Host): Host {
  return {
    version: host.version,
    txt2img: (request, options) => host.txt2img(request, options),
    img2img: (request, options) => host.img2img(request, options),
    paste: (text) => host.paste(text),
    pictureInfo: (bytes, name) => host.pictureInfo(bytes, name),
    models: (kind) => host.models(kind),
    tidy: (options) => host.tidy(options),
    extensions: () => host.extensions(),
    samplers: () => host.samplers(),
    schedulers: () => host.schedulers(),
    reload: (options) => host.reload(options),
    faults: () => host.faults(),
    explain: (hook) => host.explain(hook),
    modelFolders: () => host.modelFolders(),
    runtime: () => host.runtime(),
    dispose: () => host.dispose(),
  };
}
