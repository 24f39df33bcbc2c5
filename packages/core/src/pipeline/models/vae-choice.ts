import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { CatalogueEntry, Logger } from '@armature/sdk';
import type { Settings } from '../../api/index.js';
import { type Catalogue, modelStem } from '../../checkpoint/index.js';

type VaeSettings = Pick<Settings, 'sd_vae' | 'sd_vae_overrides_per_model_preferences'>;

/** User metadata is a few lines. */
const MAX_METADATA_BYTES = 2 ** 20;

/** Which VAE file takes the place of a checkpoint's own (`resolve_vae`). */
export class VaeChoice {
  readonly #catalogue: Catalogue;
  readonly #log: Logger;

  constructor(catalogue: Catalogue, log: Logger) {
    this.#catalogue = catalogue;
    this.#log = log;
  }

  /** undefined: the checkpoint's own. @throws HostError MODEL_NOT_FOUND for a setting that names no file */
  async of(
    checkpoint: string,
    { sd_vae, sd_vae_overrides_per_model_preferences: overrides }: VaeSettings,
  ): Promise<CatalogueEntry | undefined> {
    const automatic = sd_vae === 'Automatic' || sd_vae === 'auto' || sd_vae === '';
    const bySetting = async () => (automatic || sd_vae === 'None' ? undefined : this.#find(sd_vae));
    if (overrides && !automatic) return bySetting();
    const preferred = await this.#preferred(checkpoint);
    if (preferred === 'None') return undefined;
    return preferred ?? (await this.#near(checkpoint)) ?? bySetting();
  }

  /** A file name first, as the webui does; then every name a model goes by. */
  async #find(name: string): Promise<CatalogueEntry> {
    return (await this.#named(name)) ?? this.#catalogue.find('vae', name);
  }

  async #named(name: string): Promise<CatalogueEntry | undefined> {
    return (await this.#catalogue.list('vae')).find(({ path }) => basename(path) === name);
  }

  /** What the user wrote for this checkpoint: the key `vae` of `<name>.json`. An unknown name is passed over, as in the reference. */
  async #preferred(checkpoint: string): Promise<CatalogueEntry | 'None' | undefined> {
    const path = `${await modelStem(checkpoint)}.json`;
    const name = await readPreference(path).catch((error: unknown) => {
      this.#log.warn(`The user metadata ${path} is not used: ${String(error)}`);
      return undefined;
    });
    if (name === undefined || name === 'Automatic' || name === '') return undefined;
    if (name === 'None') return 'None';
    const found = await this.#named(name);
    if (!found) this.#log.warn(`${path} asks for the VAE "${name}", which is not there`);
    return found;
  }

  /** The first VAE whose file name begins with the checkpoint's (`find_vae_near_checkpoint`). */
  async #near(checkpoint: string): Promise<CatalogueEntry | undefined> {
    const stem = basename(await modelStem(checkpoint));
    return (await this.#catalogue.list('vae')).find(({ path }) => basename(path).startsWith(stem));
  }
}

/** @throws when the file is no JSON object, or too large */
async function readPreference(path: string): Promise<string | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isFile()) return undefined;
  if (stats.size > MAX_METADATA_BYTES) throw new Error(`it has ${stats.size} bytes`);
  const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
  const name = typeof parsed === 'object' && parsed !== null ? (parsed as { vae?: unknown }).vae : undefined;
  return typeof name === 'string' ? name : undefined;
}
