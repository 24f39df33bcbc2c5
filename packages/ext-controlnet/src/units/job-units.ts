import type { UnetConfig } from '@armature/nn';
import {
  type CatalogueApi,
  type DenoiserFeeds,
  type FeedValue,
  HostError,
  type ImagesApi,
  isTensorHandle,
  type JobInfo,
  type Latent,
  type ModelInfo,
  type NetworkSession,
  type Raster,
  type SessionsApi,
  type StepInfo,
  Tensor,
  type TensorHandle,
  type VaeApi,
  type WeightsApi,
} from '@armature/sdk';
import { type ControlFile, needsBase, sortControlFile, weightsOf } from '../files/control-file.js';
import { findModel } from '../files/find-model.js';
import { pasteUnmasked, recolour } from '../finish/finish-picture.js';
import { fixColours, keepUnmasked } from '../finish/latent-mends.js';
import type { ControlModule } from '../modules/control-module.js';
import { findModule } from '../modules/control-modules.js';
import { adapterInput } from '../networks/adapter.js';
import { emitControl, isAdapter } from '../networks/control-network.js';
import { pixelUnshuffle } from '../networks/pixel-unshuffle.js';
import { fitMap, roundEven } from '../vision/fit-map.js';
import { channelsOf, type Pixels, pixelsOf, rasterOf, toRgb } from '../vision/pixels.js';
import { type ControlUnit, currentUnit } from './control-unit.js';
import { firstChannel, hintOf, shownMap } from './hint.js';
import { readPicture, unitPicture, withAlpha, withoutMask } from './read-picture.js';
import { resizeModeOf, unitNumbers } from './unit-numbers.js';
import { unitScales } from './unit-scales.js';

export interface UnitParts {
  readonly catalogue: CatalogueApi;
  readonly images: ImagesApi;
  readonly sessions: SessionsApi;
  readonly vae: VaeApi;
  readonly weights: WeightsApi;
}

/** A map at the two sizes a job may have. */
interface SizedMaps {
  readonly low: Pixels;
  readonly high: Pixels | undefined;
}
interface ReadyUnit {
  readonly unit: ControlUnit;
  readonly module: ControlModule;
  readonly maps: SizedMaps;
  readonly latents: Map<Pixels, Promise<Latent>>;
  readonly hints: { readonly low: Tensor; readonly high: Tensor | undefined };
  readonly region: Tensor;
  readonly file: ControlFile;
  readonly path: string;
  readonly weightsId: string;
  readonly pooled: boolean;
  readonly close: () => Promise<void>;
  session?: NetworkSession;
  /** What an adapter gave, by picture and scales: it does not change from step to step. */
  readonly features: Map<string, Readonly<Record<string, TensorHandle>>>;
}

const everywhere = new Tensor([1], [1, 1, 1, 1]);

/** The units of one job: their maps, their networks, and what these gave in the current step. */
export class JobUnits {
  readonly #parts: UnitParts;
  readonly #units: readonly (readonly [number, ControlUnit])[];
  #ready: Promise<readonly ReadyUnit[]> | undefined;
  #unet: UnetConfig | undefined;
  #lent: TensorHandle[] = [];
  #last = { index: -1, call: -1, at: 0 };

  constructor(parts: UnitParts, units: readonly ControlUnit[]) {
    this.#parts = parts;
    this.#units = [...units.map(currentUnit).entries()].filter(([, unit]) => unit.enabled);
  }

  get wanted(): boolean {
    return this.#units.length > 0;
  }

  /** The checkpoint's UNet, whose encoder the networks copy. */
  seeUnet(config: Readonly<Record<string, unknown>>): void {
    this.#unet = config as unknown as UnetConfig;
  }

  /** Makes the maps and opens the files, once. @throws HostError CONTROL_*, MODEL_NOT_FOUND, CKPT_* */
  async prepare(job: JobInfo): Promise<void> {
    this.#ready ??= Promise.all(this.#units.map(([index, unit]) => this.#prepareUnit(index, unit, job)));
    await this.#ready;
  }

  /** The maps in the order of the original: a unit's large one before the small one. */
  async maps(): Promise<readonly Raster[]> {
    const units = (await this.#ready) ?? [];
    return units
      .filter(({ unit }) => unit.save_detected_map)
      .flatMap(({ maps }) => [...(maps.high ? [maps.high] : []), maps.low].map((map) => rasterOf(shownMap(map))));
  }

  /** Adds what every unit has to say in this call. */
  async feed(feeds: DenoiserFeeds, step: StepInfo, model: ModelInfo, signal: AbortSignal): Promise<DenoiserFeeds> {
    for (const handle of this.#lent.splice(0)) await this.#parts.sessions.release(handle);
    const share = this.#share(step);
    const inputs: Record<string, readonly FeedValue[]> = { ...feeds.inputs };
    for (const ready of (await this.#ready) ?? []) {
      const { unit } = ready;
      const highRes = ready.maps.high !== undefined && nearer(feeds.latent, ready.maps);
      if (share < unit.guidance_start || share > unit.guidance_end) continue;
      if (ready.maps.high && unit.hr_option === (highRes ? 'Low res only' : 'High res only')) continue;
      const outputs = await this.#run(ready, feeds, highRes, model, signal);
      const kind = isAdapter(ready.file) ? 'feature' : 'residual';
      for (const [name, value] of Object.entries(outputs)) {
        const socket = `armature.controlnet.${kind}${name.slice(3)}`;
        inputs[socket] = [...(inputs[socket] ?? []), value];
      }
    }
    return { ...feeds, inputs };
  }

  /** What units do to a prediction: they keep parts of their picture, or its colours. */
  async mend(feeds: DenoiserFeeds, denoised: Latent, job: JobInfo): Promise<Latent> {
    let mended = denoised;
    for (const ready of (await this.#ready) ?? []) {
      const { unit, module, maps } = ready;
      const map = maps.high && nearer(feeds.latent, maps) ? maps.high : maps.low;
      const { a, b } = unitNumbers(unit, module);
      if (module.name.startsWith('tile_colorfix')) {
        const reach = Math.trunc(a) * (map === maps.high ? 2 : 1);
        const sharpness = module.name.endsWith('+sharp') ? b : undefined;
        mended = fixColours(feeds, mended, await this.#latent(ready, map, job), { reach, weight: unit.weight, sharpness });
      } else if (module.name === 'inpaint_only') {
        mended = keepUnmasked(feeds, mended, await this.#latent(ready, map, job), map, unit.weight);
      }
    }
    return mended;
  }

  /** What units do to a finished picture. */
  async finish(picture: Raster, blur: number): Promise<Raster> {
    let finished = picture;
    for (const { module, maps } of (await this.#ready) ?? []) {
      const map = maps.high ?? maps.low;
      if (module.name === 'inpaint_only') finished = pasteUnmasked(finished, map, blur);
      if (module.name.startsWith('recolor_'))
        finished = recolour(finished, map, module.name === 'recolor_luminance' ? 'luminance' : 'intensity');
    }
    return finished;
  }

  /** The map's picture as the model sees it. */
  #latent({ latents }: ReadyUnit, map: Pixels, job: JobInfo): Promise<Latent> {
    const known = latents.get(map) ?? this.#parts.vae.encode(job, rasterOf(map.channels === 4 ? channelsOf(map, [0, 1, 2]) : map));
    latents.set(map, known);
    return known;
  }

  async free(): Promise<void> {
    for (const ready of (await this.#ready?.catch(() => [])) ?? []) {
      await ready.session?.free();
      await ready.close();
    }
  }

  /** The original asks for the step that was reported last: the one before, or this one in a second call of it. */
  #share({ index, call, steps }: StepInfo): number {
    const last = this.#last;
    if (call < last.call || index < last.index) this.#last = { index, call, at: 0 };
    else if (index !== last.index) this.#last = { index, call, at: Math.max(0, index - 1) };
    else if (call !== last.call) this.#last = { index, call, at: index };
    return this.#last.at / steps;
  }

  async #run(
    ready: ReadyUnit,
    feeds: DenoiserFeeds,
    highRes: boolean,
    model: ModelInfo,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, TensorHandle>>> {
    const adapter = isAdapter(ready.file);
    const { unit, pooled, region } = ready;
    const soft = highRes && ready.module.softAtHighRes === true;
    const scales = unitScales({ unit, adapter, pooled, soft, rows: feeds.latent.batch, positiveRows: feeds.positiveRows });
    // As in the original an adapter looks once: a second run at a larger size gets the features of the first.
    const large = adapter ? unit.hr_option === 'High res only' : highRes;
    const hint = (large && ready.hints.high) || ready.hints.low;
    const key = adapter ? JSON.stringify([feeds.latent.shape.slice(2), scales.shape, [...scales.toFloat32Array()]]) : '';
    const known = ready.features.get(key);
    if (known) return known;
    const session = await this.#session(ready, model);
    const keep = Array.from({ length: adapter ? 4 : 13 }, (_, at) => `out${at}`);
    const seen = {
      latent: feeds.latent.scale(feeds.inputScale),
      timestep: new Tensor(new Array(feeds.latent.batch).fill(feeds.timestep), [feeds.latent.batch]),
      context: feeds.conditioning.crossAttention,
    };
    const outputs = await session.run({ ...(adapter ? levelSizes(feeds.latent) : seen), hint, scales, region }, { keep, signal });
    const handles = Object.fromEntries(
      Object.entries(outputs).filter((entry): entry is [string, TensorHandle] => isTensorHandle(entry[1])),
    );
    if (adapter) ready.features.set(key, handles);
    else this.#lent.push(...Object.values(handles));
    return handles;
  }

  async #session(ready: ReadyUnit, model: ModelInfo): Promise<NetworkSession> {
    if (ready.session) return ready.session;
    const unet = this.#unet;
    const { file, path, weightsId, pooled } = ready;
    if (!unet) throw new HostError('CONTROL_UNFIT', { unit: 0, problem: 'the checkpoint has no UNet that it could control' });
    const base = needsBase(file) ? await this.#parts.weights.open(model.path) : undefined;
    try {
      const key = JSON.stringify([weightsId, base?.weightsId ?? '', isAdapter(file) ? '' : unet, pooled]);
      ready.session = await this.#parts.sessions.open({
        key,
        weightsPath: path,
        weightPrefix: '',
        weights: weightsOf(file, base),
        emit: (g) => emitControl(g, file, unet, pooled),
      });
      return ready.session;
    } finally {
      await base?.close();
    }
  }

  async #prepareUnit(index: number, unit: ControlUnit, job: JobInfo): Promise<ReadyUnit> {
    const maps = await this.#maps(index, unit, job);
    const entry = await findModel(this.#parts.catalogue, unit.model);
    const weights = await this.#parts.weights.open(entry.path);
    try {
      const file = sortControlFile(weights, entry.path);
      const hint = (map: Pixels): Tensor => {
        if (!isAdapter(file)) return hintOf(map);
        return pixelUnshuffle(adapterInput(file.entries) === 64 ? firstChannel(hintOf(map)) : hintOf(map));
      };
      return {
        unit,
        module: findModule(unit.module)!,
        maps,
        latents: new Map(),
        hints: { low: hint(maps.low), high: maps.high && hint(maps.high) },
        region: await this.#region(index, unit),
        file,
        path: entry.path,
        weightsId: weights.weightsId,
        pooled: /shuffle/i.test(entry.name),
        close: () => weights.close(),
        features: new Map(),
      };
    } catch (error) {
      await weights.close();
      throw error;
    }
  }

  async #region(index: number, unit: ControlUnit): Promise<Tensor> {
    const { effective_region_mask: mask } = unit;
    if (mask === null || mask === undefined || mask === '') return everywhere;
    const picture = await readPicture(mask, { unit: index, images: this.#parts.images });
    const { data } = channelsOf(picture, [0]);
    return new Tensor(
      Float32Array.from(data, (value) => value / 255),
      [1, 1, picture.height, picture.width],
    );
  }

  async #maps(index: number, unit: ControlUnit, job: JobInfo): Promise<SizedMaps> {
    const module = findModule(unit.module);
    if (!module?.run) throw new HostError('CONTROL_UNFIT', { unit: index, problem: `there is no preprocessor ${unit.module}` });
    const { picture, mode } = await this.#input(index, unit, job, module.masked === true);
    const { low, high } = sizesOf(job);
    const numbers = unitNumbers(unit, module);
    const perfect = unit.pixel_perfect ? { ...numbers, resolution: pixelPerfect(picture, low, mode) } : numbers;
    const found = module.run(picture, perfect);
    const map = module.masked ? found : toRgb(found);
    return { low: fitMap(map, low, mode), high: high && fitMap(map, high, mode) };
  }

  async #input(index: number, unit: ControlUnit, { request }: JobInfo, masked: boolean) {
    const own = await unitPicture(unit, { unit: index, images: this.#parts.images });
    const mode = resizeModeOf(unit);
    if (own) return { picture: masked ? own : withoutMask(own), mode };
    const [given] = request.init?.images ?? [];
    if (!given || !request.init)
      throw new HostError('CONTROL_UNFIT', { unit: index, problem: 'it has no picture; give it one in `image`' });
    const modes = { stretch: 'Just Resize', crop: 'Crop and Resize', fill: 'Resize and Fill', latent: 'Just Resize' } as const;
    const rgb = toRgb(pixelsOf(given));
    return { picture: masked ? withAlpha(rgb, undefined) : rgb, mode: modes[request.init.resizeMode] };
  }
}

/** Whether a latent has the size of the second run rather than that of the first. */
function nearer({ height }: DenoiserFeeds['latent'], { low, high }: SizedMaps): boolean {
  return Math.abs(height * 8 - low.height) >= Math.abs(height * 8 - high!.height);
}

function pixelPerfect(picture: Pixels, size: { width: number; height: number }, mode: ReturnType<typeof resizeModeOf>): number {
  const [down, across] = [size.height / picture.height, size.width / picture.width];
  const scale = mode === 'Resize and Fill' ? Math.min(down, across) : Math.max(down, across);
  return roundEven(scale * Math.min(picture.width, picture.height));
}

function sizesOf({ request }: JobInfo) {
  const eighth = (side: number): number => Math.floor(side / 8) * 8;
  const low = { width: eighth(request.width), height: eighth(request.height) };
  const { hires } = request;
  if (!hires || request.init) return { low, high: undefined };
  const scaled = hires.width === 0 && hires.height === 0;
  const wide = scaled ? Math.floor(request.width * hires.scale) : hires.width;
  const tall = scaled ? Math.floor(request.height * hires.scale) : hires.height;
  return { low, high: { width: eighth(wide), height: eighth(tall) } };
}

/** Of the size of the UNet's four levels: each the half of the one before, rounded up. */
function levelSizes({ height, width }: DenoiserFeeds['latent']): Readonly<Record<string, Tensor>> {
  const half = (side: number, level: number): number => Math.ceil(side / 2 ** level);
  const zeros = (tall: number, wide: number): Tensor => new Tensor(new Float32Array(tall * wide), [tall, wide]);
  return Object.fromEntries([0, 1, 2, 3].map((level) => [`level${level}`, zeros(half(height, level), half(width, level))]));
}
