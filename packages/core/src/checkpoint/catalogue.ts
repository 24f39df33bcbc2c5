import { stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { CatalogueApi, CatalogueEntry, ModelFolderContribution } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { type WalkedFile, walkFiles } from './file-walk.js';
import { HashCache } from './hash-cache.js';
import { type ListedModel, listedModel } from './listed-model.js';
import { formerHash, matchModel } from './match-model.js';
import { type ModelSize, measureModel } from './measure-model.js';
import { isVaeName, type ModelFolder, withModelFolders } from './model-folders.js';
import { describeRoot, findSubfolder, type ModelRoot } from './model-roots.js';
import { type FolderView, ModelWatch } from './model-watch.js';
import { nearestNames } from './nearest-names.js';
import { type TidyReport, tidyModels } from './tidy-models.js';

export interface CatalogueOptions {
  /** Webui folders, models folders or plain folders of checkpoints; earlier ones win. */
  readonly roots: readonly string[];
  /** Application data folder, where hashes are kept. Absent: in memory. */
  readonly data?: string | undefined;
  /** From `useFolders` to `dispose` looks on at the folders, so that lists stay as they are and listeners are told. */
  readonly watch?: boolean | undefined;
}

type ChangeListener = Parameters<CatalogueApi['onChange']>[0];

type ScannedModel = Omit<ListedModel, 'title' | 'hash' | 'name'>;

const NAMES_SHOWN = 10;

/** The model files below some folders, by kind and name. */
export class Catalogue implements CatalogueApi {
  readonly #roots: readonly string[];
  readonly #hashes: HashCache;
  #table: readonly ModelFolder[] = withModelFolders([]);
  readonly #scans = new Map<string, Promise<readonly ScannedModel[]>>();
  readonly #folders = new Map<string, readonly string[]>();
  #loaded: Promise<void> | undefined;
  readonly #listeners = new Set<ChangeListener>();
  readonly #watch: ModelWatch | undefined;
  /** What the watch has seen last, by kind. */
  #seen: ReadonlyMap<string, readonly ScannedModel[]> = new Map();

  constructor({ roots, data, watch }: CatalogueOptions) {
    this.#roots = roots;
    this.#hashes = new HashCache(data === undefined ? undefined : join(data, 'hashes.json'));
    if (watch) this.#watch = new ModelWatch({ look: () => this.#look(), changed: (kinds) => this.#changed(kinds) });
  }

  /** Replaces the contributed folders; those of the webui's layout are always known. */
  useFolders(contributed: readonly ModelFolderContribution[]): void {
    this.#table = withModelFolders(contributed);
    this.#scans.clear();
    this.#watch?.start();
  }

  /** Kinds that have a folder. */
  kinds(): readonly string[] {
    return this.#table.map(({ name }) => name);
  }

  /** Folders the last `list` of this kind looked in; the roots before that. */
  foldersOf(kind: string): readonly string[] {
    return this.#folders.get(kind) ?? this.#roots;
  }

  /** The files of this name beside the model folders (`styles.csv`), those of earlier roots first. */
  async filesBeside(name: string): Promise<readonly string[]> {
    const paths = (await this.#describeRoots()).flatMap(({ beside }) => beside.map((folder) => join(folder, name)));
    const found = await Promise.all(paths.map(async (path) => ((await stat(path).catch(() => undefined))?.isFile() ? path : undefined)));
    return [...new Set(found.filter((path) => path !== undefined))];
  }

  async list(kind: string): Promise<readonly ListedModel[]> {
    this.#loaded ??= this.#hashes.load();
    await this.#loaded;
    const scan = this.#scans.get(kind) ?? this.#scan(kind);
    this.#scans.set(kind, scan);
    return (await scan).map((model) => listedModel(model, this.#hashes.peek(model)));
  }

  /** A file put there after the last look is found too. @throws HostError MODEL_NONE, MODEL_NOT_FOUND. */
  async find(kind: string, name: string): Promise<ListedModel> {
    const found = await matchModel(await this.list(kind), name);
    if (found) return found;
    await this.refresh();
    const models = await this.list(kind);
    const late = await matchModel(models, name);
    if (late) return late;
    const folder = this.foldersOf(kind).join(', ');
    if (models.length === 0 && kind === 'checkpoint') throw new HostError('MODEL_NONE', { folder, name });
    const names = nearestNames(
      models.map((model) => model.name),
      name,
    );
    const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
    const known = names.length === 0 ? 'none' : `${names.slice(0, NAMES_SHOWN).join(', ')}${more} (nearest first)`;
    throw new HostError('MODEL_NOT_FOUND', { kind, name, folder, known, nearest: names[0] });
  }

  /** An entry for a file that need not lie in a model folder. @throws HostError CKPT_NOT_FOUND. */
  async describe(kind: string, path: string): Promise<ListedModel> {
    const listed = (await this.list(kind)).find((model) => model.path === path);
    if (listed) return listed;
    const size = (await measureModel(path)) ?? (await otherSize(path));
    if (!size) throw new HostError('CKPT_NOT_FOUND', { path });
    const model = { kind, path, file: basename(path), ...size };
    return listedModel(model, this.#hashes.peek(model));
  }

  async hash(entry: CatalogueEntry, part?: 'file' | 'tensors' | 'former'): Promise<string> {
    if (part !== 'former') return this.#hashes.hash(entry.path, part);
    const hash = await formerHash(entry.path);
    if (hash === undefined) throw new HostError('CKPT_NOT_FOUND', { path: entry.path });
    return hash;
  }

  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Ends watching and hashing; nothing is read or written afterwards. */
  async dispose(): Promise<void> {
    this.#listeners.clear();
    await this.#watch?.close();
    await this.#hashes.close();
  }

  async refresh(kind?: string): Promise<void> {
    if (kind !== undefined) {
      this.#scans.delete(kind);
      return;
    }
    this.#scans.clear();
    this.#loaded = this.#hashes.load();
    await this.#loaded;
  }

  /** Plans (and unless `dryRun` makes) moves of misplaced files into their folders. Nothing is overwritten. */
  async tidy({ dryRun }: { readonly dryRun: boolean }): Promise<TidyReport> {
    const moves: TidyReport['moves'][number][] = [];
    const skipped: TidyReport['skipped'][number][] = [];
    for (const root of await this.#describeRoots()) {
      if (root.flat) continue;
      const report = await tidyModels({ root, table: this.#table, dryRun });
      moves.push(...report.moves);
      skipped.push(...report.skipped);
    }
    if (!dryRun) await this.refresh();
    return { moves, skipped };
  }

  #describeRoots(): Promise<readonly ModelRoot[]> {
    return Promise.all(this.#roots.map((root) => describeRoot(root, this.#table)));
  }

  /** All kinds anew. What was listed before stays until it is known to have changed. */
  async #look(): Promise<FolderView> {
    const folders = new Set<string>(this.#roots);
    const seen = new Map<string, readonly ScannedModel[]>();
    for (const kind of this.kinds()) {
      seen.set(kind, await this.#scan(kind, folders));
      for (const folder of this.foldersOf(kind)) folders.add(folder);
    }
    const isFirst = this.#seen.size === 0;
    this.#seen = seen;
    // What was listed before the first look may be older than it.
    if (isFirst) this.#take(seen.keys());
    const stateOf = (models: readonly ScannedModel[]): string =>
      models.map(({ path, bytes, modified }) => `${path}|${bytes}|${modified}`).join('\n');
    return { folders, states: new Map([...seen].map(([kind, models]) => [kind, stateOf(models)])) };
  }

  #take(kinds: Iterable<string>): void {
    for (const kind of kinds) this.#scans.set(kind, Promise.resolve(this.#seen.get(kind) ?? []));
  }

  #changed(kinds: readonly string[]): void {
    this.#take(kinds);
    for (const listener of this.#listeners) void listener(kinds);
  }

  /** `entered` gains the folders that were looked into. */
  async #scan(kind: string, entered?: Set<string>): Promise<readonly ScannedModel[]> {
    const folder = this.#table.find(({ name }) => name === kind);
    const folders: string[] = [];
    const models = new Map<string, ScannedModel>();
    for (const root of folder ? await this.#describeRoots() : []) {
      entered?.add(root.models);
      for (const found of await modelFiles(root, folder as ModelFolder, folders, entered)) {
        if (!models.has(found.path)) models.set(found.path, { ...found, kind });
      }
    }
    this.#folders.set(kind, folders);
    return [...models.values()];
  }
}

/** Of a folder that is no model, and of what is no file either: opening it says why it cannot be used. */
async function otherSize(path: string): Promise<ModelSize | undefined> {
  const stats = await stat(path).catch(() => undefined);
  return stats && { bytes: stats.size, modified: stats.mtimeMs, folder: false };
}

type FoundFile = Pick<ListedModel, 'path' | 'file' | 'bytes' | 'modified' | 'folder'>;

/** Files of one kind below one root; `folders` gains the places that were looked in. */
async function modelFiles(
  root: ModelRoot,
  kind: ModelFolder,
  folders: string[],
  entered: Set<string> | undefined,
): Promise<readonly FoundFile[]> {
  const bases = kind.besideModels ? root.beside : [root.models];
  const wanted = bases.flatMap((base) => kind.folders.map((name) => [base, name] as const));
  const found = await Promise.all(wanted.map(([base, name]) => findSubfolder(base, name)));
  const places = [...new Set(found.filter((folder) => folder !== undefined))];
  if (root.flat && kind.name === 'checkpoint') places.push(root.models);
  folders.push(...(places.length > 0 ? places : [join(bases[0] ?? root.models, kind.folders[0] ?? '')]));
  const models = kind.name === 'checkpoint';
  const files = await Promise.all(
    places.map((place) => walkFiles(place, { recursive: !(root.flat && place === root.models), entered, models })),
  );
  const vaes = kind.name === 'vae' ? await walkFiles(root.models, { recursive: !root.flat, entered }) : [];
  const isMine = ({ relative: file, folder }: WalkedFile) =>
    folder || (kind.extensions.includes(extname(file).toLowerCase()) && (kind.name !== 'checkpoint' || !isVaeName(file)));
  return [...files.flat().filter(isMine), ...vaes.filter(({ relative }) => isVaeName(relative))].map(
    ({ path, relative, bytes, modified, folder }) => ({ path, file: relative, bytes, modified, folder }),
  );
}
