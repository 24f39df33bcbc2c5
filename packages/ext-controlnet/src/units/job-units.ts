import type { UnetConfig } from '@armature/nn';
import {
  type DenoiserFeeds,
  type FeedValue,
  isTensorHandle,
  type JobInfo,
  type Latent,
  type ModelInfo,
  type NetworkSession,
  type Raster,
  type StepInfo,
  Tensor,
  type TensorHandle,
} from '@armature/sdk';
import { pasteUnmasked, recolour } from '../finish/finish-picture.js';
import { fixColours, keepUnmasked } from '../finish/latent-mends.js';
import { isAdapter } from '../networks/control-network.js';
import { outputCount } from '../networks/output-count.js';
import { channelsOf, type Pixels, rasterOf } from '../vision/pixels.js';
import { assertNumbers } from './assert-numbers.js';
import { type ControlUnit, currentUnit } from './control-unit.js';
import { FirstModel } from './first-model.js';
import { shownMap } from './hint.js';
import { openControl } from './open-control.js';
import { prepareUnit } from './prepare-unit.js';
import type { ReadyUnit, SizedMaps, UnitParts } from './ready-unit.js';
import { ReportedShare } from './reported-share.js';
import { seesMap } from './sees-map.js';
import { unitNumbers } from './unit-numbers.js';
import { unitScales } from './unit-scales.js';

/** The units of one job: their maps, their networks, and what these gave in the current step. */
export class JobUnits {
  readonly #parts: UnitParts;
  readonly #units: readonly (readonly [number, ControlUnit])[];
  #ready: Promise<readonly ReadyUnit[]> | undefined;
  #unet: UnetConfig | undefined;
  readonly #first = new FirstModel();
  #lent: TensorHandle[] = [];
  readonly #share = new ReportedShare();

  constructor(parts: UnitParts, units: readonly ControlUnit[]) {
    this.#parts = parts;
    this.#units = [...units.map(currentUnit).entries()].filter(([, unit]) => unit.enabled && seesMap(unit));
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
    this.#ready ??= Promise.all(this.#units.map(([index, unit]) => prepareUnit(this.#parts, index, unit, job)));
    await this.#ready;
  }

  /** What the units' pictures became, by their place in the request. */
  async maps(): Promise<ReadonlyMap<number, readonly Raster[]>> {
    const units = (await this.#ready) ?? [];
    return new Map(units.map(({ unit, maps }, at) => [this.#units[at]![0], mapsToShow(unit, maps)]));
  }

  /** Adds what every unit has to say in this call. */
  async feed(feeds: DenoiserFeeds, step: StepInfo, model: ModelInfo, signal: AbortSignal): Promise<DenoiserFeeds> {
    await this.#parts.sessions.release(...this.#lent.splice(0));
    const share = this.#share.at(step);
    if (!this.#first.sees(step, model)) return feeds;
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
    if (!this.#first.atWork) return denoised;
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
      await ready.hintSession?.free();
      await ready.close();
    }
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
    const count = outputCount(ready.file);
    const scales = unitScales({ unit, adapter, outputs: count, pooled, soft, rows: feeds.latent.batch, positiveRows: feeds.positiveRows });
    // As in the original an adapter looks once: a second run at a larger size gets the features of the first.
    const large = adapter ? unit.hr_option === 'High res only' : highRes;
    const picture = (large && ready.hints.high) || ready.hints.low;
    const key = adapter ? JSON.stringify([feeds.latent.shape.slice(2), scales.shape, [...scales.toFloat32Array()]]) : '';
    const known = ready.features.get(key);
    if (known) return known;
    const session = await this.#session(ready, model);
    const hint = adapter ? picture : await this.#seen(ready, picture, model, signal);
    const keep = Array.from({ length: count }, (_, at) => `out${at}`);
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
    assertNumbers(ready, outputs.mean, feeds);
    return handles;
  }

  async #session(ready: ReadyUnit, model: ModelInfo): Promise<NetworkSession> {
    ready.session ??= await this.#open(ready, model, 'steps');
    return ready.session;
  }

  #open(ready: ReadyUnit, model: ModelInfo, part: 'hint' | 'steps'): Promise<NetworkSession> {
    const [unit = 0] = this.#units.find(([, given]) => given === ready.unit) ?? [];
    return openControl(this.#parts, ready, model, { unit, unet: this.#unet, part });
  }

  /** A ControlNet's picture, seen once for all steps; it stays in the runtime process. */
  async #seen(ready: ReadyUnit, picture: Tensor, model: ModelInfo, signal: AbortSignal): Promise<FeedValue> {
    const known = ready.seen.get(picture);
    if (known) return known;
    ready.hintSession ??= await this.#open(ready, model, 'hint');
    const { hint } = await ready.hintSession.run({ picture }, { keep: ['hint'], signal });
    if (isTensorHandle(hint)) ready.seen.set(picture, hint);
    return hint!;
  }
}

/** The maps a caller is shown, in the order of the original: the large one before the small one. */
export function mapsToShow(unit: ControlUnit, maps: SizedMaps): readonly Raster[] {
  if (!unit.save_detected_map) return [];
  return [...(maps.high ? [maps.high] : []), maps.low].map((map) => rasterOf(shownMap(map)));
}

/** Whether a latent has the size of the second run rather than that of the first. */
export function nearer({ height }: DenoiserFeeds['latent'], { low, high }: SizedMaps): boolean {
  return Math.abs(height * 8 - low.height) >= Math.abs(height * 8 - high!.height);
}

/** Of the size of the UNet's four levels: each the half of the one before, rounded up. */
function levelSizes({ height, width }: DenoiserFeeds['latent']): Readonly<Record<string, Tensor>> {
  const half = (side: number, level: number): number => Math.ceil(side / 2 ** level);
  const zeros = (tall: number, wide: number): Tensor => new Tensor(new Float32Array(tall * wide), [tall, wide]);
  return Object.fromEntries([0, 1, 2, 3].map((level) => [`level${level}`, zeros(half(height, level), half(width, level))]));
}
