import type { Logger } from '@armature/sdk';
import type { Settings } from '../../api/index.js';
import type { Catalogue } from '../../checkpoint/index.js';
import type { RuntimeDoor } from '../engine.js';
import { fileState } from './model-file.js';
import { OpenFiles } from './open-files.js';
import { sessionPrefix } from './session-key.js';
import { VaeChoice } from './vae-choice.js';
import { VaeFile } from './vae-file.js';

/** VAE files that stay open although no job uses them. */
const KEPT = 4;

export interface VaeLease {
  readonly file: VaeFile;
  /** Gives it back; never fails. */
  release(): Promise<void>;
}

/** Opens the VAE files that take the place of checkpoints' own, and keeps the last ones; belongs to the host. */
export class VaeStore {
  readonly #catalogue: Catalogue;
  readonly #choice: VaeChoice;
  readonly #runtime: Pick<RuntimeDoor, 'evict'>;
  readonly #log: Logger;
  readonly #files = new OpenFiles<VaeFile>(KEPT);
  readonly #close = (file: VaeFile): Promise<void> => this.#unload(file);

  constructor(catalogue: Catalogue, runtime: Pick<RuntimeDoor, 'evict'>, log: Logger) {
    this.#catalogue = catalogue;
    this.#choice = new VaeChoice(catalogue, log);
    this.#runtime = runtime;
    this.#log = log;
  }

  /** The file that settings and the checkpoint's neighbours call for; undefined: the checkpoint's own VAE. @throws HostError MODEL_NOT_FOUND, CKPT_* */
  async acquire(checkpoint: string, settings: Settings): Promise<VaeLease | undefined> {
    const entry = await this.#choice.of(checkpoint, settings);
    if (!entry) return undefined;
    const state = await fileState(entry.path);
    const file = await this.#files.take(entry.path, state, () => new VaeFile(entry, state, this.#catalogue, this.#log), this.#close);
    try {
      await file.weights;
    } catch (error) {
      this.#files.forget(file);
      await this.#files.giveBack(file, this.#close);
      throw error;
    }
    return { file, release: () => this.#files.giveBack(file, this.#close) };
  }

  dispose(): Promise<void> {
    return this.#files.dispose(this.#close);
  }

  async #unload(file: VaeFile): Promise<void> {
    const weights = await file.weights.catch(() => undefined);
    if (!weights) return;
    await this.#runtime.evict(sessionPrefix(weights.weightsId));
    await weights.close().catch((error: unknown) => this.#log.warn(`${file.path} could not be closed: ${String(error)}`));
  }
}
