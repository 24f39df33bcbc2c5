import { type CatalogueEntry, type DetectedModel, type JobScope, type Logger, type ModelInfo } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { type Catalogue, detectModel } from '../../checkpoint/index.js';
import type { Generation } from '../../generation/index.js';
import { createNoiseSchedule } from '../../sampling/index.js';
import type { RuntimeDoor } from '../engine.js';
import { sd1LinearPreview } from '../sampling/linear-preview.js';
import type { LoadedModel } from './loaded-model.js';
import { fileState, ModelFile, type ModelParts, stateOf } from './model-file.js';
import { OpenFiles } from './open-files.js';
import { sessionPrefix } from './session-key.js';
import { VaeStore } from './vae-store.js';

/** Models that stay open although no job uses them; the least recently used goes first. */
const KEPT = 4;

export interface ModelLease {
  readonly model: LoadedModel;
  /** Where the catalogue has it; a link's neighbours are those of the link. */
  readonly path: string;
  /** Gives it back; never fails. */
  release(): Promise<void>;
}

/** Opens checkpoints by name and keeps the last ones; belongs to the host and survives reloads. */
export class ModelStore {
  /** VAE files that take the place of checkpoints' own. */
  readonly vaes: VaeStore;
  readonly #catalogue: Catalogue;
  readonly #runtime: Pick<RuntimeDoor, 'evict'>;
  readonly #log: Logger;
  readonly #files = new OpenFiles<ModelFile>(KEPT);

  constructor(catalogue: Catalogue, runtime: Pick<RuntimeDoor, 'evict'>, log: Logger) {
    this.#catalogue = catalogue;
    this.#runtime = runtime;
    this.#log = log;
    this.vaes = new VaeStore(catalogue, runtime, log);
  }

  /** @throws HostError MODEL_NOT_FOUND, MODEL_NONE, CKPT_* */
  async acquire(name: string, generation: Generation, scope: JobScope): Promise<ModelLease> {
    const { entry, state } = await this.#find(name, generation, scope);
    const close = (file: ModelFile) => this.#unload(file, generation);
    const open = () => new ModelFile(entry, state, this.#catalogue, this.#log);
    const file = await this.#files.take(entry.path, state, open, close);
    try {
      const model = await this.#loaded(file, entry, generation);
      // The hash becomes known while a model is open.
      const info = Object.freeze({ ...model.info, title: entry.title, shortHash: entry.hash?.slice(0, 10) });
      return { model: Object.freeze({ ...model, info }), path: entry.path, release: () => this.#files.giveBack(file, close) };
    } catch (error) {
      this.#files.forget(file);
      await this.#files.giveBack(file, close);
      throw error;
    }
  }

  /** A file of a small decoder by its stem, the first of them. */
  async previewFile(kind: string, stem: string): Promise<string | undefined> {
    return (await this.#catalogue.list(kind)).find(({ name }) => name === stem)?.path;
  }

  /** Whether there is a checkpoint of that name, without opening it. @throws HostError MODEL_NOT_FOUND */
  async find(name: string): Promise<void> {
    await this.#catalogue.find('checkpoint', name);
  }

  /** Closes every model and VAE; `generation` is told. */
  async dispose(generation: Generation): Promise<void> {
    await this.vaes.dispose();
    await this.#files.dispose((file) => this.#unload(file, generation));
  }

  async #find(name: string, generation: Generation, scope: JobScope): Promise<{ readonly entry: CatalogueEntry; readonly state: string }> {
    const answer = await generation.hooks.model.resolve.first({ name }, scope);
    const entry = await this.#entry(name, answer?.path);
    const state = await fileState(entry.path);
    if (state === stateOf(entry.bytes, entry.modified)) return { entry, state };
    // The file has changed since the folders were looked through.
    await this.#catalogue.refresh();
    return { entry: await this.#entry(name, answer?.path), state };
  }

  async #entry(name: string, path: string | undefined): Promise<CatalogueEntry> {
    if (path !== undefined) return this.#catalogue.describe('checkpoint', path);
    if (name !== '') return this.#catalogue.find('checkpoint', name);
    const [first] = await this.#catalogue.list('checkpoint');
    if (!first) throw new HostError('MODEL_NONE', { folder: this.#catalogue.foldersOf('checkpoint').join(', ') });
    return first;
  }

  #loaded(file: ModelFile, entry: CatalogueEntry, generation: Generation): Promise<LoadedModel> {
    const known = file.byGeneration.get(generation);
    if (known) return known;
    const loaded = file.parts.then((parts) => this.#load(parts, entry, generation));
    file.byGeneration.set(generation, loaded);
    return loaded;
  }

  async #load({ weights, sidecar, preview, hash }: ModelParts, entry: CatalogueEntry, generation: Generation): Promise<LoadedModel> {
    const families = generation.registry.list('modelFamily').map((item) => item.value);
    const { detect, loaded } = generation.hooks.model;
    const ask = detect.tapped ? (question: Parameters<typeof detect.first>[0]) => detect.first(question, { log: this.#log }) : undefined;
    const detected: DetectedModel = await detectModel({ weights, sidecar, families, ask });
    const info: ModelInfo = Object.freeze({
      name: entry.name,
      title: entry.title,
      path: weights.path,
      shortHash: entry.hash?.slice(0, 10),
      weightsId: weights.weightsId,
      family: detected.family,
    });
    await loaded.observe(info, { log: this.#log, model: info });
    const schedule = createNoiseSchedule({ ...detected.noise, prediction: detected.prediction });
    const colours = preview ?? detected.latent.colours ?? sd1LinearPreview;
    return Object.freeze({ info, weights, sidecar, detected, schedule, preview: colours, hash });
  }

  /** `model.unloading` speaks, sessions are freed, the file is closed. */
  async #unload(file: ModelFile, generation: Generation): Promise<void> {
    const parts = await file.parts.catch(() => undefined);
    if (!parts) return;
    const model = await file.byGeneration.get(generation)?.catch(() => undefined);
    if (model) await generation.hooks.model.unloading.observe(model.info, { log: this.#log, model: model.info });
    await this.#runtime.evict(sessionPrefix(parts.weights.weightsId));
    await parts.weights.close().catch((error: unknown) => this.#log.warn(`${file.path} could not be closed: ${String(error)}`));
  }
}
