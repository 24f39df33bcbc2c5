import type { UnetConfig } from '@armature/nn';
import {
  type Denoiser,
  type DenoiserFeeds,
  type JobInfo,
  Latent,
  type ModelInfo,
  type NoiseStream,
  type Raster,
  type StepInfo,
  Tensor,
  type TensorHandle,
} from '@armature/sdk';
import { type ControlUnit, currentUnit } from '../units/control-unit.js';
import { FirstModel } from '../units/first-model.js';
import { mapsToShow, nearer } from '../units/job-units.js';
import type { UnitParts } from '../units/ready-unit.js';
import { ReportedShare } from '../units/reported-share.js';
import { type Pixels, rasterOf } from '../vision/pixels.js';
import { isReference } from './is-reference.js';
import { ReferenceBank } from './reference-bank.js';
import { commonNames, isControl, placeNames } from './reference-inputs.js';
import { noisedReference } from './reference-noise.js';
import { attentionPlaces, type ReferencePlace, statisticsPlaces } from './reference-places.js';
import { prepareReference, type ReferenceUnit } from './reference-unit.js';

const kinds = ['attention', 'statistics'] as const;
type Banks = Readonly<Record<(typeof kinds)[number], ReferenceBank>>;

/** The units of one job that show their pictures to the UNet. */
export class JobReferences {
  readonly #parts: UnitParts;
  readonly #job: JobInfo;
  readonly #units: readonly (readonly [number, ControlUnit])[];
  readonly #share = new ReportedShare();
  readonly #first = new FirstModel();
  /** Pictures that were encoded in this job. */
  readonly #encoded: Pixels[] = [];
  #ready: Promise<readonly ReferenceUnit[]> | undefined;
  #places: Readonly<Record<(typeof kinds)[number], readonly ReferencePlace[]>> = { attention: [], statistics: [] };
  #large = false;
  #noise: NoiseStream | undefined;
  #at = 0;

  constructor(parts: UnitParts, job: JobInfo, units: readonly ControlUnit[]) {
    this.#parts = parts;
    this.#job = job;
    this.#units = [...units.map(currentUnit).entries()].filter(([, unit]) => unit.enabled && isReference(unit));
  }

  /** Where the checkpoint's UNet can keep something. */
  seeUnet(config: UnetConfig): void {
    this.#places = { attention: attentionPlaces(config), statistics: statisticsPlaces(config) };
    this.#large = config.vectorDim !== undefined;
  }

  /** Reads the pictures, once. @throws HostError CONTROL_UNFIT */
  async prepare(): Promise<void> {
    this.#ready ??= Promise.all(this.#units.map(([index, unit]) => prepareReference(this.#parts, index, unit, this.#job)));
    await this.#ready;
  }

  async maps(): Promise<ReadonlyMap<number, readonly Raster[]>> {
    const units = (await this.#ready) ?? [];
    return new Map(units.map(({ index, unit, maps }) => [index, mapsToShow(unit, maps)]));
  }

  /** A run begins: its noise is drawn anew. */
  begin(): void {
    this.#noise = undefined;
  }

  step(step: StepInfo, model: ModelInfo): void {
    this.#at = this.#share.at(step);
    this.#first.sees(step, model);
  }

  /** One call of the denoiser that reads what the references have left in the network. */
  async denoise(inner: Denoiser, feeds: DenoiserFeeds): Promise<Latent> {
    if (!this.#first.atWork) return inner(feeds);
    const rows = { rows: feeds.latent.batch, positiveRows: feeds.positiveRows };
    const banks: Banks = { attention: new ReferenceBank(), statistics: new ReferenceBank() };
    const held: TensorHandle[] = [];
    try {
      for (const [unit, latent] of await this.#shown(feeds)) held.push(...(await this.#write(unit, latent, feeds, banks)));
      const inputs = { ...feeds.inputs, ...banks.attention.read(rows), ...banks.statistics.read(rows) };
      return await inner({ ...feeds, inputs });
    } finally {
      await this.#parts.sessions.release(...held);
    }
  }

  /** The references in force with their latents. */
  async #shown(feeds: DenoiserFeeds): Promise<readonly (readonly [ReferenceUnit, Latent])[]> {
    const found: (readonly [ReferenceUnit, Latent])[] = [];
    for (const ready of (await this.#ready) ?? []) {
      const { unit, maps } = ready;
      const latent = await this.#latent(ready, isHighRes(feeds, ready) ? maps.high! : maps.low);
      const skipped = maps.high && unit.hr_option === (isHighRes(feeds, ready) ? 'Low res only' : 'High res only');
      if (this.#at >= unit.guidance_start && this.#at <= unit.guidance_end && !skipped) found.push([ready, latent]);
    }
    return found;
  }

  /** Shows one reference to the network. @returns what stays in the runtime process */
  async #write(ready: ReferenceUnit, given: Latent, feeds: DenoiserFeeds, banks: Banks): Promise<readonly TensorHandle[]> {
    const { timestep, conditioning, positiveRows, concat } = feeds;
    const rows = feeds.latent.batch;
    const latent = noisedReference(given, timestep, rows, this.#stream());
    const writing = kinds.filter((kind) => ready.keeps[kind]);
    const paths = (kind: (typeof kinds)[number]) =>
      this.#places[kind].filter(({ above }) => ready.unit.weight > above).map(({ path }) => path);
    const keep = writing.flatMap(paths).map((path) => placeNames(path).kept);
    if (keep.length === 0) return [];
    const others = Object.entries(feeds.inputs).filter(([name]) => !isControl(name));
    const inputs = { ...Object.fromEntries(others), [commonNames.writing]: [new Tensor([1], [1])] };
    // As in the original what an earlier reference has left of the other kind is read here, and gone afterwards.
    for (const kind of kinds)
      Object.assign(inputs, ready.keeps[kind] ? banks[kind].soFar(paths(kind)) : banks[kind].read({ rows, positiveRows }));
    const hole = concat && { concat: inpaintingChannels(given, concat) };
    const outputs = await this.#parts.unet.run(this.#job, { latent, timestep, conditioning, ...hole, inputs }, { keep });
    for (const kind of writing) banks[kind].take(paths(kind), outputs, this.#style(ready, feeds));
    return Object.values(outputs);
  }

  #style(ready: ReferenceUnit, feeds: DenoiserFeeds): number {
    const { control_mode: mode } = ready.unit;
    if (mode === 'ControlNet is more important') return 1;
    if (mode === 'My prompt is more important' || isHighRes(feeds, ready)) return 0;
    return this.#large ? ready.fidelity ** 3 : ready.fidelity;
  }

  /** The original draws from PyTorch's own generator, which the last picture's first noise has left as its seed set it. */
  #stream(): NoiseStream {
    this.#noise ??= this.#parts.noise.stream(this.#job, this.#parts.noise.seeds(this.#job).at(-1)!);
    return this.#noise;
  }

  async #latent({ latents }: ReferenceUnit, map: Pixels): Promise<Latent> {
    const known = latents.get(map) ?? this.#parts.vae.encode(this.#job, rasterOf(map));
    latents.set(map, known);
    const latent = await known;
    // It samples the autoencoder's posterior, whose spread is next to nothing; the numbers for it are drawn all the same.
    if (!this.#encoded.some((other) => Buffer.compare(other.data, map.data) === 0)) {
      this.#encoded.push(map);
      this.#stream().normal([1, latent.channels, latent.height, latent.width]);
    }
    return latent;
  }
}

const isHighRes = ({ latent }: DenoiserFeeds, { maps }: ReferenceUnit): boolean =>
  maps.high !== undefined && nearer(latent, { low: maps.low, high: maps.high });

/** What an inpainting model sees of a reference: nothing of it is to be painted. */
function inpaintingChannels(given: Latent, concat: Latent): Latent {
  if (concat.channels !== given.channels + 1) return concat;
  const { height, width } = given;
  const row = [...new Float32Array(height * width), ...given.toFloat32Array()];
  return new Latent(Array.from({ length: concat.batch }, () => row).flat(), [concat.batch, concat.channels, height, width]);
}
