import type { UnetConfig } from '@armature/nn';
import { type DenoiserFeeds, HostError, type JobInfo, type StepInfo } from '@armature/sdk';
import { findModel } from '../files/find-model.js';
import { findModule } from '../modules/control-modules.js';
import type { ControlUnit } from '../units/control-unit.js';
import { regionOf } from '../units/prepare-unit.js';
import type { UnitParts } from '../units/ready-unit.js';
import { ReportedShare } from '../units/reported-share.js';
import { unitPictures } from '../units/unit-pictures.js';
import { isAdapterFile, readAdapterFile } from './adapter-file.js';
import type { EncodedPictures } from './encoded-pictures.js';
import { findEncoder } from './find-encoder.js';
import { ImagePrompt } from './image-prompt.js';

export type NumberedUnit = readonly [index: number, unit: ControlUnit];

/** The pictures of one job that speak beside its prompt. */
export class JobImagePrompts {
  readonly #parts: UnitParts;
  readonly #encoded: EncodedPictures;
  readonly #units: readonly NumberedUnit[];
  readonly #share = new ReportedShare();
  /** Dimensions of the UNets of the job's checkpoints. */
  readonly #unets = new Map<string, UnetConfig>();
  /** Those that runs begin with: as control does in the original, pictures fall silent when a refiner takes over. */
  readonly #listening = new Set<string>();
  #ready: Promise<readonly ImagePrompt[]> | undefined;

  constructor(parts: UnitParts, encoded: EncodedPictures, units: readonly NumberedUnit[]) {
    this.#parts = parts;
    this.#encoded = encoded;
    this.#units = units;
  }

  /** How many speak. */
  get count(): number {
    return this.#units.length;
  }

  seeUnet(weightsId: string, config: Readonly<Record<string, unknown>>): void {
    this.#unets.set(weightsId, config as unknown as UnetConfig);
  }

  /**
   * Reads the files and encodes the pictures, once. `weightsId`: of the checkpoint that a run begins with.
   * @throws HostError CONTROL_*, MODEL_NOT_FOUND, CKPT_*
   */
  async prepare(job: JobInfo, weightsId: string): Promise<void> {
    this.#listening.add(weightsId);
    this.#ready ??= this.#all(job);
    await this.#ready;
  }

  /** Adds what every picture has to say in this call. */
  async feed(feeds: DenoiserFeeds, step: StepInfo, weightsId: string, signal: AbortSignal): Promise<DenoiserFeeds> {
    const share = this.#share.at(step);
    if (!this.#listening.has(weightsId)) return feeds;
    const unet = this.#unets.get(weightsId);
    if (!unet)
      throw new HostError('CONTROL_UNFIT', { unit: 0, problem: 'the checkpoint has no UNet whose cross-attention could see a picture' });
    let { inputs } = feeds;
    for (const [slot, prompt] of ((await this.#ready) ?? []).entries())
      if (prompt.speaksAt(share)) inputs = { ...inputs, ...(await prompt.inputs(slot, feeds, unet, signal)) };
    return { ...feeds, inputs };
  }

  async free(): Promise<void> {
    for (const prompt of (await this.#ready?.catch(() => [])) ?? []) await prompt.free();
  }

  /** One after another: each encoder is freed before the next is loaded. */
  async #all(job: JobInfo): Promise<readonly ImagePrompt[]> {
    const made: ImagePrompt[] = [];
    try {
      for (const [index, unit] of this.#units) made.push(await this.#prompt(index, unit, job));
      return made;
    } catch (error) {
      for (const prompt of made) await prompt.free();
      throw error;
    }
  }

  async #prompt(index: number, unit: ControlUnit, job: JobInfo): Promise<ImagePrompt> {
    const { catalogue, weights, sessions } = this.#parts;
    const pictures = await unitPictures(this.#parts, index, unit, job);
    const region = await regionOf(this.#parts, index, unit);
    const entry = await findModel(catalogue, unit.model);
    const own = await weights.open(entry.path);
    try {
      if (!isAdapterFile(own))
        throw new HostError('CONTROL_UNFIT', { unit: index, problem: `${entry.name} is no IP-Adapter, which ${unit.module} needs` });
      const file = readAdapterFile(own, index, entry.name);
      const path = await findEncoder(catalogue, findModule(unit.module)?.encoder ?? 'auto', file);
      const encoded = await this.#encoded.encode({ path, pictures, sees: file.sees, signal: job.signal });
      const width = encoded.shape.at(-1);
      if (width !== file.imageWidth) {
        const problem = `${entry.name} sees ${file.imageWidth} channels, the image encoder ${path} gives ${width}; choose the module ip-adapter-auto, or another file`;
        throw new HostError('CONTROL_UNFIT', { unit: index, problem });
      }
      const made = { index, unit, name: entry.name, path: entry.path, weightsId: own.weightsId, file, pictures: encoded, region };
      return new ImagePrompt({ ...made, close: () => own.close() }, sessions);
    } catch (error) {
      await own.close();
      throw error;
    }
  }
}
