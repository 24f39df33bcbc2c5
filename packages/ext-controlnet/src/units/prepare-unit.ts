import { HostError, type JobInfo, Tensor } from '@armature/sdk';
import { sortControlFile } from '../files/control-file.js';
import { findModel } from '../files/find-model.js';
import { adapterInput } from '../networks/adapter.js';
import { isAdapter } from '../networks/control-network.js';
import { pixelUnshuffle } from '../networks/pixel-unshuffle.js';
import { fitMap, roundEven } from '../vision/fit-map.js';
import { channelsOf, type Pixels, toRgb } from '../vision/pixels.js';
import type { ControlUnit } from './control-unit.js';
import { firstChannel, hintOf } from './hint.js';
import { readPicture } from './read-picture.js';
import type { ReadyUnit, SizedMaps, UnitParts } from './ready-unit.js';
import { moduleOf, unitInput } from './unit-input.js';
import { type resizeModeOf, unitNumbers } from './unit-numbers.js';
import { unitSeed } from './unit-seed.js';

const everywhere = new Tensor([1], [1, 1, 1, 1]);

/** Makes a unit's maps and opens its model file. @throws HostError CONTROL_*, MODEL_NOT_FOUND, CKPT_* */
export async function prepareUnit(parts: UnitParts, index: number, unit: ControlUnit, job: JobInfo): Promise<ReadyUnit> {
  const maps = await mapsOf(parts, index, unit, job);
  const entry = await findModel(parts.catalogue, unit.model);
  const weights = await parts.weights.open(entry.path);
  try {
    const file = sortControlFile(weights, entry.path);
    const hint = (map: Pixels): Tensor => {
      if (!isAdapter(file)) return hintOf(map);
      return pixelUnshuffle(adapterInput(file.entries) === 64 ? firstChannel(hintOf(map)) : hintOf(map));
    };
    return {
      index,
      unit,
      module: moduleOf(parts.modules, unit, job)!,
      maps,
      latents: new Map(),
      hints: { low: hint(maps.low), high: maps.high && hint(maps.high) },
      region: await regionOf(parts, index, unit),
      file,
      path: entry.path,
      weightsId: weights.weightsId,
      pooled: /shuffle/i.test(entry.name),
      close: () => weights.close(),
      features: new Map(),
      seen: new Map(),
    };
  } catch (error) {
    await weights.close();
    throw error;
  }
}

/** Where a unit works, [1,1,h,w] in 0…1. @throws HostError CONTROL_UNFIT */
export async function regionOf(parts: UnitParts, index: number, unit: ControlUnit): Promise<Tensor> {
  const { effective_region_mask: mask } = unit;
  if (mask === null || mask === undefined || mask === '') return everywhere;
  const picture = await readPicture(mask, { unit: index, images: parts.images });
  // The original fails on it, and clients have the uncontrolled picture.
  if (picture.channels < 3)
    throw new HostError('CONTROL_UNFIT', { unit: index, problem: 'its effective_region_mask is grey; save it as RGB' });
  const { data } = channelsOf(picture, [0]);
  return new Tensor(
    Float32Array.from(data, (value) => value / 255),
    [1, 1, picture.height, picture.width],
  );
}

/** A unit's maps, at the sizes of the pictures that are made. @throws HostError CONTROL_UNFIT */
export async function mapsOf(parts: UnitParts, index: number, unit: ControlUnit, job: JobInfo): Promise<SizedMaps> {
  const module = moduleOf(parts.modules, unit, job);
  if (!module?.run) throw new HostError('CONTROL_UNFIT', { unit: index, problem: `there is no preprocessor ${unit.module}` });
  const { picture, mode } = await unitInput(parts, index, unit, job);
  const { low, high } = sizesOf(job);
  const numbers = { ...unitNumbers(unit, module), seed: unitSeed(job, parts.seeds.get(job) ?? 0) };
  const perfect = unit.pixel_perfect ? { ...numbers, resolution: pixelPerfect(picture, low, mode) } : numbers;
  const found = await module.run(picture, perfect, job.signal);
  const map = module.masked ? found : toRgb(found);
  return { low: fitMap(map, low, mode), high: high && fitMap(map, high, mode) };
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
