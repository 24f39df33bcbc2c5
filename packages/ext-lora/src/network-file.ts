import type { WeightEntry, WeightsApi } from '@armature/sdk';
import { fileKey } from './file-key.js';
import type { ModuleKind } from './kinds/module-kind.js';
import { moduleKinds } from './kinds/module-kinds.js';
import { type Part, readPart } from './part.js';

/** One module of a network: its tensors by part name. */
export interface NetworkModule {
  /** As the file calls it. */
  readonly name: string;
  readonly kind: ModuleKind;
  readonly entries: ReadonlyMap<string, WeightEntry>;
}

type OpenedWeights = Awaited<ReturnType<WeightsApi['open']>>;

/** Tensors that are no weights of a module: embeddings that come with a network. */
const bundleKey = /^bundle_emb\.([^.]+)\./;
/** Numbers that a module has beside its matrices. */
const mostParts = 64;

/** A network's file, sorted by modules; the tensors stay on disk. */
export class NetworkFile {
  readonly weightsId: string;
  readonly metadata: ReadonlyMap<string, string>;
  readonly modules: readonly NetworkModule[];
  /** Modules whose parts are of no known kind, by name. */
  readonly unknown: readonly string[];
  /** Words that come with the network, and their vectors. */
  readonly bundled: ReadonlyMap<string, readonly WeightEntry[]>;
  readonly #weights: OpenedWeights;

  constructor(weights: OpenedWeights) {
    this.#weights = weights;
    this.weightsId = weights.weightsId;
    this.metadata = weights.metadata;
    this.bundled = bundledIn(weights);
    const entries = grouped(weights);
    const sorted = [...entries].map(([name, parts]) => ({ name, entries: parts, kind: kindOf(parts) }));
    this.modules = sorted.filter((module): module is NetworkModule => module.kind !== undefined);
    this.unknown = sorted.filter(({ kind }) => kind === undefined).map(({ name }) => name);
  }

  /** Nothing can be read afterwards. */
  close(): Promise<void> {
    return this.#weights.close();
  }
}

function bundledIn(weights: OpenedWeights): ReadonlyMap<string, readonly WeightEntry[]> {
  const words = new Map<string, readonly WeightEntry[]>();
  for (const key of weights.keys) {
    const word = bundleKey.exec(key)?.[1];
    const entry = word === undefined ? undefined : weights.get(key);
    if (word !== undefined && entry) words.set(word, [...(words.get(word) ?? []), entry]);
  }
  return words;
}

function grouped(weights: OpenedWeights): ReadonlyMap<string, ReadonlyMap<string, WeightEntry>> {
  const modules = new Map<string, Map<string, WeightEntry>>();
  for (const key of weights.keys) {
    const entry = weights.get(key);
    if (!entry || bundleKey.test(key)) continue;
    const { module, part } = fileKey(key);
    const parts = modules.get(module) ?? new Map<string, WeightEntry>();
    modules.set(module, parts);
    if (parts.size < mostParts) parts.set(part, entry);
  }
  return modules;
}

function kindOf(parts: ReadonlyMap<string, WeightEntry>): ModuleKind | undefined {
  const names = new Set(parts.keys());
  return moduleKinds.find((kind) => kind.fits(names));
}

/** The tensors of a module. */
export async function readModule({ entries }: NetworkModule): Promise<ReadonlyMap<string, Part>> {
  const parts = new Map<string, Part>();
  for (const [name, entry] of entries) parts.set(name, await readPart(entry));
  return parts;
}
