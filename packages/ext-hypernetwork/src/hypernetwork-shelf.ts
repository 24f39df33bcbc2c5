import { type CatalogueApi, type CatalogueEntry, HostError, type WeightsApi } from '@armature/sdk';
import type { Hypernetwork } from './hypernetwork.js';
import { readHypernetwork } from './read-hypernetwork.js';

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
    const entries = await this.#catalogue.list('hypernetwork');
    return new Map(entries.filter(({ name }) => name !== 'None').map((entry) => [entry.name, entry]));
  }

  /** @throws HostError HYPERNET_UNFIT, CKPT_* */
  get({ path, bytes, modified }: CatalogueEntry): Promise<Hypernetwork> {
    const stamp = `${bytes} ${modified}`;
    const known = this.#read.get(path);
    const network = known?.stamp === stamp ? known.network : this.#open(path, bytes);
    this.#read.delete(path);
    this.#read.set(path, { stamp, network });
    network.catch(() => this.#read.get(path)?.network === network && this.#read.delete(path));
    for (const oldest of [...this.#read.keys()].slice(0, -most)) this.#read.delete(oldest);
    return network;
  }

  async #open(path: string, bytes: number): Promise<Hypernetwork> {
    if (bytes === 0) throw new HostError('HYPERNET_UNFIT', { path, problem: 'it is empty' });
    const weights = await this.#weights.open(path);
    try {
      return await readHypernetwork(path, weights);
    } finally {
      await weights.close();
    }
  }
}
