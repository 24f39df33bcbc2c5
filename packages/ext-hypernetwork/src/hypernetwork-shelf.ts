import { type CatalogueApi, type CatalogueEntry, HostError, type WeightsApi } from '@armature/sdk';
import type { Hypernetwork } from './hypernetwork.js';
import { readHypernetwork } from './read-hypernetwork.js';

interface ReadHypernetwork {
  readonly network: Hypernetwork;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Hypernetworks kept in memory. */
const most = 4;

/** The hypernetworks folder; what was used last stays in memory while its file is the same. */
export class HypernetworkShelf {
  readonly #catalogue: CatalogueApi;
  readonly #weights: WeightsApi;
  /** By path, the one used last at the end. */
  readonly #read = new Map<string, { readonly stamp: string; readonly network: Promise<Hypernetwork> }>();

  constructor(catalogue: CatalogueApi, weights: WeightsApi) {
    this.#catalogue = catalogue;
    this.#weights = weights;
  }

  /** The files in the folder now, by name; of two with one name the later. */
  async names(): Promise<ReadonlyMap<string, CatalogueEntry>> {
    await this.#catalogue.refresh('hypernetwork');
    return this.listing();
  }

  /** The same as the catalogue has them. */
  async listing(): Promise<ReadonlyMap<string, CatalogueEntry>> {
    const entries = await this.#catalogue.list('hypernetwork');
    return new Map(entries.filter(({ name }) => name !== 'None').map((entry) => [entry.name, entry]));
  }

  /** @throws HostError HYPERNET_UNFIT, CKPT_* */
  get({ path, bytes, modified }: CatalogueEntry): Promise<Hypernetwork> {
    const stamp = `${bytes} ${modified}`;
    const known = this.#read.get(path);
    const network = known?.stamp === stamp ? known.network : this.#open(path, bytes).then((read) => read.network);
    this.#read.delete(path);
    this.#read.set(path, { stamp, network });
    network.catch(() => this.#read.get(path)?.network === network && this.#read.delete(path));
    for (const oldest of [...this.#read.keys()].slice(0, -most)) this.#read.delete(oldest);
    return network;
  }

  /** A file for whoever looks at it once, with what was written into it. @throws HostError HYPERNET_UNFIT, CKPT_* */
  read({ path, bytes }: CatalogueEntry): Promise<ReadHypernetwork> {
    return this.#open(path, bytes);
  }

  /** Forgets what is not in the folder as it was. */
  async forgetOld(): Promise<void> {
    const entries = await this.#catalogue.list('hypernetwork');
    const current = new Map(entries.map(({ path, bytes, modified }) => [path, `${bytes} ${modified}`]));
    for (const [path, { stamp }] of this.#read) if (current.get(path) !== stamp) this.#read.delete(path);
  }

  async #open(path: string, bytes: number): Promise<ReadHypernetwork> {
    if (bytes === 0) throw new HostError('HYPERNET_UNFIT', { path, problem: 'it is empty' });
    const weights = await this.#weights.open(path);
    try {
      return { network: await readHypernetwork(path, weights), metadata: weights.metadata };
    } finally {
      await weights.close();
    }
  }
}
