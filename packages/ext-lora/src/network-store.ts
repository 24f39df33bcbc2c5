import type { CatalogueApi, CatalogueEntry, Logger, WeightsApi } from '@armature/sdk';
import { countingFile } from './counting-file.js';
import { NetworkFile } from './network-file.js';

/** Files that stay open; the least recently asked for goes first. */
const keptOpen = 16;

export interface StoreParts {
  readonly catalogue: CatalogueApi;
  readonly weights: WeightsApi;
  readonly log: Logger;
}

/** The files of networks, by the names that prompts have for them. */
export class NetworkStore {
  readonly #parts: StoreParts;
  /** By state of the file, least recently used first. */
  readonly #open = new Map<string, NetworkFile>();
  /** Names that training tools wrote into files, by state of the file. */
  readonly #written = new Map<string, string | undefined>();
  readonly #hashes = new Map<string, Promise<string | undefined>>();

  constructor(parts: StoreParts) {
    this.#parts = parts;
  }

  /** A file by its name or by the name written into it; one put there after the last look is found too. Names are looked up, never walked. */
  async find(name: string): Promise<CatalogueEntry | undefined> {
    const known = await this.#lookUp(name);
    if (known) return known;
    await this.#parts.catalogue.refresh('lora');
    return this.#lookUp(name);
  }

  /** Whether a file is called so, without looking into any. */
  async has(name: string): Promise<boolean> {
    return (await this.named(name)) !== undefined;
  }

  /** The file that a prompt means by a name. */
  async named(name: string): Promise<CatalogueEntry | undefined> {
    return countingFile(await this.#parts.catalogue.list('lora'), name);
  }

  /** Whether several files have this name written into them. */
  async isAmbiguous(written: string | undefined): Promise<boolean> {
    return written !== undefined && (await this.#byWrittenName(await this.#parts.catalogue.list('lora'), written)).length > 1;
  }

  /** What the header of a file tells; its tensors cannot be read. @throws HostError CKPT_* */
  async read({ path }: CatalogueEntry): Promise<NetworkFile> {
    const weights = await this.#parts.weights.open(path);
    await weights.close();
    return new NetworkFile(weights);
  }

  async #lookUp(name: string): Promise<CatalogueEntry | undefined> {
    const entries = await this.#parts.catalogue.list('lora');
    const named = countingFile(entries, name);
    if (named || name.toLowerCase() === 'none') return named;
    const written = await this.#byWrittenName(entries, name);
    if (written.length > 1)
      this.#parts.log.warn(
        `${written.length} files are called ${name} inside: write the name of one of them, ${written.map((entry) => entry.name).join(', ')}`,
      );
    return written.length === 1 ? written[0] : undefined;
  }

  async #byWrittenName(entries: readonly CatalogueEntry[], name: string): Promise<readonly CatalogueEntry[]> {
    const found: CatalogueEntry[] = [];
    for (const entry of entries) {
      const state = `${entry.path}|${entry.bytes}|${entry.modified}`;
      if (!this.#written.has(state)) this.#written.set(state, await this.#writtenName(entry));
      if (this.#written.get(state) === name) found.push(entry);
    }
    return found;
  }

  async #writtenName({ path }: CatalogueEntry): Promise<string | undefined> {
    try {
      const weights = await this.#parts.weights.open(path);
      await weights.close();
      return weights.metadata.get('ss_output_name');
    } catch {
      // Whoever names the file is told what is wrong with it.
      return undefined;
    }
  }

  /** Opens a file, or the one that is open if it is the same. @throws HostError CKPT_* */
  async open({ path }: CatalogueEntry): Promise<NetworkFile> {
    const weights = await this.#parts.weights.open(path);
    const known = this.#open.get(weights.weightsId);
    if (known) await weights.close();
    const file = known ?? new NetworkFile(weights);
    this.#open.delete(file.weightsId);
    this.#open.set(file.weightsId, file);
    return file;
  }

  /** Closes what was not asked for lately, all but `kept`; `inUse` stay. */
  async tidy(inUse: ReadonlySet<NetworkFile>, kept = keptOpen): Promise<void> {
    for (const [id, file] of [...this.#open]) {
      if (this.#open.size <= kept) return;
      if (inUse.has(file)) continue;
      this.#open.delete(id);
      await file.close();
    }
  }

  /** The first 12 digits of the hash that training tools give a file; undefined where it cannot be read. */
  shortHash(entry: CatalogueEntry, file: NetworkFile): Promise<string | undefined> {
    const known = this.#hashes.get(file.weightsId) ?? this.#hash(entry, file.metadata.get('sshs_model_hash'));
    this.#hashes.set(file.weightsId, known);
    return known;
  }

  async #hash(entry: CatalogueEntry, written: string | undefined): Promise<string | undefined> {
    if (written) return written.slice(0, 12);
    const part = entry.path.toLowerCase().endsWith('.safetensors') ? 'tensors' : 'file';
    const hash = await this.#parts.catalogue.hash(entry, part).catch(() => undefined);
    return hash?.slice(0, 12);
  }

  async dispose(): Promise<void> {
    const files = [...this.#open.values()];
    this.#open.clear();
    for (const file of files) await file.close();
  }
}
