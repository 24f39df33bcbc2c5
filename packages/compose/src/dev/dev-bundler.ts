import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { Bundler, ImportedModule } from '@armature/core';
import type { Logger } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { BundleFailure } from '../bundle-failure.js';
import { type BuiltEntry, EntryBuild } from './entry-build.js';
import { FolderWatch } from './folder-watch.js';
import { runCommonJs } from './run-commonjs.js';
import { SourceLines } from './source-lines.js';

/** Bundles whose faults are still told by their source lines: jobs may run on earlier generations. */
const KEPT = 8;
/** Stands for a file in the stack traces of a bundle. */
const mark = 'armature-dev:';
const place = new RegExp(`${mark}([0-9a-f]{16}):(\\d+):(\\d+)`, 'g');
const FRAMES = 6;

export interface DevBundlerOptions {
  /** Folder of an extension, or a single file. */
  readonly path: string;
  /** For every other extension. */
  readonly others: Bundler;
  readonly log: Logger;
}

/**
 * Bundles one extension anew whenever its sources change, and loads it so that earlier code can be forgotten. Imports of
 * packages are bundled too; top-level await is turned down by the compiler.
 */
export class DevBundler implements Bundler {
  readonly #path: string;
  readonly #folder: string;
  readonly #others: Bundler;
  readonly #watch: FolderWatch;
  readonly #lines = new Map<string, SourceLines>();
  readonly #hostModules = new Map<string, object>();
  #listener: ((since: number) => void) | undefined;
  #build: EntryBuild | undefined;
  #built: BuiltEntry | undefined;
  #stamp = '';

  private constructor(path: string, folder: string, { others, log }: DevBundlerOptions) {
    this.#path = path;
    this.#folder = folder;
    this.#others = others;
    const failed = (place: string, error: unknown): void => log.warn(`${place} cannot be watched: ${String(error)}`);
    this.#watch = new FolderWatch((since) => this.#listener?.(since), failed);
  }

  /** @throws HostError CONFIG_INVALID when nothing is there. */
  static async open(options: DevBundlerOptions): Promise<DevBundler> {
    const { path } = options;
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined) throw new HostError('CONFIG_INVALID', { path, problem: 'there is no such file or folder' });
    const folder = (await stat(real)).isDirectory() ? real : dirname(real);
    return new DevBundler(real, folder, options);
  }

  bundle(entry: string): Promise<string> {
    return this.#others.bundle(entry);
  }

  /** Asked before `load`: from here on the sources are followed, whatever is wrong with them. @throws HostError EXT_IMPORT */
  async imports(entry: string): Promise<readonly ImportedModule[]> {
    const real = await realpath(entry);
    // JavaScript may be installed as it stands, so what its bundle leaves out counts too.
    const own = (await this.#enter(real)) && /\.[cm]?tsx?$/.test(real) ? this.#built?.imports : undefined;
    return own ?? (await this.#others.imports?.(entry)) ?? [];
  }

  /** @throws HostError EXT_IMPORT with file:line:column and the compiler's words; whatever the code throws. */
  async load(entry: string): Promise<{ readonly exports: { readonly default?: unknown }; readonly digest: string } | undefined> {
    const real = await realpath(entry);
    if (!(await this.#enter(real))) return undefined;
    const { code, digest, hostModules } = this.#built as unknown as BuiltEntry;
    for (const address of hostModules) {
      if (!this.#hostModules.has(address)) this.#hostModules.set(address, await import(address));
    }
    return { exports: runCommonJs({ code, name: mark + digest, entry: real, host: this.#hostModules }), digest };
  }

  /** Calls `listener` after each burst of changes around the sources, with the time of the first (`performance.now()`). */
  watch(listener: (since: number) => void): void {
    this.#listener = listener;
    this.#follow();
  }

  /**
   * Bundles again. @returns whether code or package.json differ from the last time it succeeded.
   * @throws HostError EXT_IMPORT; what was built before then stays
   */
  async rebuild(): Promise<boolean> {
    const manifest = await readFile(join(this.#folder, 'package.json'), 'utf8').catch(() => '');
    try {
      const built = await this.#build?.run();
      this.#keep(built);
      const stamp = `${built?.digest ?? ''}\0${manifest}`;
      const changed = stamp !== this.#stamp;
      this.#stamp = stamp;
      return changed;
    } catch (error) {
      if (!(error instanceof BundleFailure)) throw error;
      throw new HostError('EXT_IMPORT', { extension: this.#path, problem: error.message }, { cause: error });
    } finally {
      this.#follow();
    }
  }

  /** The frames of an error that lie in the extension's code, by file:line:column of its sources; at most six. */
  trace(error: unknown): readonly string[] {
    if (!(error instanceof Error)) return [];
    const frames = (error.stack ?? '').split('\n').filter((line) => line.includes(mark));
    const own = frames.slice(0, FRAMES).map((frame) => this.mapped(frame.trim()));
    return own.length > 0 ? own : this.trace(error.cause);
  }

  /** A text in which places of bundles are those of their sources. */
  mapped(text: string): string {
    return text.replace(place, (_, ...found) => this.#placeOf(found));
  }

  /** No watcher, timer or compiler is left. */
  async dispose(): Promise<void> {
    this.#listener = undefined;
    this.#watch.close();
    await this.#build?.dispose();
  }

  /** Bundles an entry of this extension that was not asked for before. @returns whether it is one */
  async #enter(real: string): Promise<boolean> {
    if (real !== this.#path && !real.startsWith(this.#path + sep)) return false;
    if (this.#build?.entry !== real) {
      await this.#build?.dispose();
      this.#build = new EntryBuild(real, this.#folder);
      this.#built = undefined;
      this.#stamp = '';
    }
    if (!this.#built) await this.rebuild();
    return true;
  }

  #keep(built: BuiltEntry | undefined): void {
    this.#built = built;
    if (!built) return;
    this.#lines.delete(built.digest);
    this.#lines.set(built.digest, new SourceLines(built.map, dirname(built.entry)));
    for (const [digest] of this.#lines) if (this.#lines.size > KEPT) this.#lines.delete(digest);
  }

  #placeOf([digest, line, column]: readonly string[]): string {
    const found = this.#lines.get(digest ?? '')?.placeOf(Number(line), Number(column));
    if (!found) return `${relative(this.#folder, this.#build?.entry ?? this.#path)} (bundled):${line}:${column}`;
    return `${relative(this.#folder, found.path)}:${found.line}:${found.column}`;
  }

  #follow(): void {
    if (this.#listener) this.#watch.use([this.#folder, ...(this.#build?.folders ?? [])]);
  }
}
