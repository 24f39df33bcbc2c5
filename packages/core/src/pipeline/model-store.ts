import { readFile } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { type CatalogueEntry, type DetectedModel, HostError, type JobScope, type Logger, type ModelInfo } from '@armature/sdk';
import { type Catalogue, detectModel, openWeights, readSidecar, type WeightsFile } from '../checkpoint/index.js';
import type { Generation } from '../generation/index.js';
import { createNoiseSchedule, type DiscreteSchedule } from '../sampling/index.js';
import { type LinearPreview, linearPreviewSchema, sd1LinearPreview } from './linear-preview.js';

/** An opened checkpoint: its header, what it is, and its noise schedule. Weights stay in the file. */
export interface LoadedModel {
  readonly info: ModelInfo;
  readonly weights: WeightsFile;
  readonly detected: DetectedModel;
  readonly schedule: DiscreteSchedule;
  readonly preview: LinearPreview;
  /** SHA-256 of the file; starts at once, is awaited only where it is written. */
  readonly hash: Promise<string | undefined>;
}

/** Opens checkpoints by name and keeps the ones in use; belongs to the host and survives reloads. */
export class ModelStore {
  readonly #catalogue: Catalogue;
  readonly #log: Logger;
  readonly #open = new Map<string, LoadedModel>();

  constructor(catalogue: Catalogue, log: Logger) {
    this.#catalogue = catalogue;
    this.#log = log;
  }

  /** @throws HostError MODEL_NOT_FOUND, MODEL_NONE, CKPT_* */
  async acquire(name: string, generation: Generation, scope: JobScope): Promise<LoadedModel> {
    const entry = await this.#find(name, generation, scope);
    const weights = await openWeights(entry.path);
    const known = this.#open.get(weights.weightsId);
    if (known) {
      await weights.close();
      return known;
    }
    try {
      return await this.#load(entry, weights, generation);
    } catch (error) {
      await weights.close();
      throw error;
    }
  }

  async dispose(): Promise<void> {
    const models = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(models.map((model) => model.weights.close()));
  }

  async #find(name: string, generation: Generation, scope: JobScope): Promise<CatalogueEntry> {
    const resolve = generation.hooks.model.resolve;
    const answer = resolve.tapped ? await resolve.first({ name }, scope) : undefined;
    if (answer) return this.#catalogue.describe('checkpoint', answer.path);
    if (name !== '') return this.#catalogue.find('checkpoint', name);
    const [first] = await this.#catalogue.list('checkpoint');
    if (!first) throw new HostError('MODEL_NONE', { folder: this.#catalogue.foldersOf('checkpoint').join(', ') });
    return first;
  }

  async #load(entry: CatalogueEntry, weights: WeightsFile, generation: Generation): Promise<LoadedModel> {
    const sidecar = await readSidecar(entry.path);
    const families = generation.registry.list('modelFamily').map((item) => item.value);
    const detect = generation.hooks.model.detect;
    const detected = await detectModel({
      weights,
      sidecar,
      families,
      ask: detect.tapped ? (question) => detect.first(question, { log: this.#log }) : undefined,
    });
    const info: ModelInfo = Object.freeze({
      name: basename(entry.path, extname(entry.path)),
      title: entry.title,
      path: weights.path,
      shortHash: entry.hash?.slice(0, 10),
      weightsId: weights.weightsId,
      family: detected.family,
    });
    const hash = this.#catalogue.hash(entry).catch((error: unknown) => {
      this.#log.warn(`The hash of ${entry.path} could not be computed: ${String(error)}`);
      return undefined;
    });
    const schedule = createNoiseSchedule({ ...detected.noise, prediction: detected.prediction });
    const model = Object.freeze({ info, weights, detected, schedule, preview: await readPreview(entry.path), hash });
    this.#open.set(weights.weightsId, model);
    await generation.hooks.model.loaded.observe(info, { log: this.#log, model: info });
    return model;
  }
}

/** A linear preview trained for the checkpoint stands beside it as `<name>.preview.json`; else SD 1's factors. */
async function readPreview(checkpoint: string): Promise<LinearPreview> {
  const path = join(dirname(checkpoint), `${basename(checkpoint, extname(checkpoint))}.preview.json`);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return sd1LinearPreview;
  }
  try {
    return linearPreviewSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new HostError('CKPT_CONFIG', { path, problem: `not a preview description (${String(error)})` }, { cause: error });
  }
}
