import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WeightEntry, WeightsApi } from '@armature/sdk';
import { activations } from './activations.js';
import type { HyperLayer, Hypernetwork, HyperPart, HyperTensor } from './hypernetwork.js';
import { unfit } from './unfit.js';

type OpenWeights = Awaited<ReturnType<WeightsApi['open']>>;

/** Values looked at between two turns of the event loop. */
const slice = 2 ** 20;
/** 1 GB of float32: a graph can hold no more than two. */
const mostValues = 2 ** 28;
const widest = 16_384;
const parts: readonly HyperPart[] = ['k', 'v'];
const keyPattern = /^(\d{1,6})\.([01])\.(.+)$/;

/**
 * A hypernetwork from its file, checked (the webui's `Hypernetwork.load`): pairs of small networks for keys and values by width.
 * @throws HostError HYPERNET_UNFIT, CKPT_*
 */
export async function readHypernetwork(path: string, weights: OpenWeights): Promise<Hypernetwork> {
  const { metadata } = weights;
  const activation = metadata.get('activation_func') ?? 'linear';
  if (!Object.hasOwn(activations, activation)) unfit(path, `its activation ${JSON.stringify(activation.slice(0, 40))} cannot run here`);
  const entries = entriesByWidth(path, weights);
  if (entries.size === 0) unfit(path, 'it holds no layers of a hypernetwork');
  const layers = new Map<number, Readonly<Record<HyperPart, readonly HyperLayer[]>>>();
  for (const [width, { k, v }] of entries) layers.set(width, { k: await layersOf(path, width, k), v: await layersOf(path, width, v) });
  return {
    ...{ path, weightsId: weights.weightsId, activation, layers },
    activateOutput: metadata.get('activate_output')?.toLowerCase() !== 'false',
  };
}

type Named = Map<string, WeightEntry>;

function entriesByWidth(path: string, weights: OpenWeights): ReadonlyMap<number, Readonly<Record<HyperPart, Named>>> {
  const found = new Map<number, Record<HyperPart, Named>>();
  let values = 0;
  for (const key of weights.keys) {
    const [, width = '', part = '', name = ''] = keyPattern.exec(key) ?? [];
    const entry = weights.get(key);
    if (name === '' || !entry) continue;
    values += entry.shape.reduce((product, side) => product * side, 1);
    if (values > mostValues) unfit(path, `it holds more than ${mostValues} values`);
    const named = found.get(Number(width)) ?? { k: new Map(), v: new Map() };
    found.set(Number(width), named);
    // The first hypernetworks had two layers by these names.
    named[parts[Number(part)] as HyperPart].set(
      name.replace(/^linear([12])\./, (_, at) => `linear.${at - 1}.`),
      entry,
    );
  }
  return found;
}

async function layersOf(path: string, width: number, named: Named): Promise<readonly HyperLayer[]> {
  const numbers = new Set([...named.keys()].map((name) => layerNumber(path, name)));
  const layers: HyperLayer[] = [];
  let inner = width;
  for (const at of [...numbers].sort((a, b) => a - b)) {
    const [weight, bias] = [named.get(`linear.${at}.weight`), named.get(`linear.${at}.bias`)];
    if (!weight || !bias) return unfit(path, `layer ${at} for width ${width} has a weight or a bias only`);
    const [outer = 0, given] = weight.shape;
    const linear = weight.shape.length === 2;
    const fits = linear ? given === inner : weight.shape.length === 1 && outer === inner && layers.at(-1)?.kind === 'linear';
    if (!fits || outer < 1 || outer > widest || bias.shape.length !== 1 || bias.shape[0] !== outer)
      unfit(
        path,
        `layer ${at} for width ${width} has the shapes [${weight.shape}] and [${bias.shape}], which do not follow a width of ${inner}`,
      );
    layers.push({ kind: linear ? 'linear' : 'norm', weight: await tensorOf(path, weight), bias: await tensorOf(path, bias) });
    inner = outer;
  }
  if (layers.length === 0 || inner !== width) unfit(path, `its layers for width ${width} end with ${layers.length === 0 ? 'none' : inner}`);
  return layers;
}

function layerNumber(path: string, name: string): number {
  const [, at] = /^linear\.(\d{1,3})\.(?:weight|bias)$/.exec(name) ?? [];
  return at === undefined ? unfit(path, `it holds ${JSON.stringify(name.slice(0, 60))}, which is no part of a hypernetwork`) : Number(at);
}

async function tensorOf(path: string, entry: WeightEntry): Promise<HyperTensor> {
  const values = await entry.read();
  for (const [at, value] of values.entries()) {
    if (!Number.isFinite(value)) unfit(path, `${entry.key} holds ${value}`);
    if (at % slice === slice - 1) await nextTurn();
  }
  return { shape: entry.shape, values };
}
