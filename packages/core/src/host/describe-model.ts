import { extname } from 'node:path';
import { type CatalogueEntry, isHostError, type ModelDescription, type ModelProblem } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import type { DescribeOptions, ModelFileReport, ModelHashes } from '../api/index.js';
import {
  type Catalogue,
  describeKeys,
  formerHash,
  openWeights,
  previewBeside,
  unusualTensors,
  type WeightsFile,
} from '../checkpoint/index.js';
import type { Generation } from '../generation/index.js';
import { describeCheckpoint, describeVae } from './describe-checkpoint.js';
import { locateModel } from './locate-model.js';

type Registry = Generation['registry'];

/** Files of up to so many bytes are read through also in lists. */
const smallFile = 8 * 2 ** 20;
const shown = 3;

/** What a model file holds and what is wrong with it. @throws HostError MODEL_NOT_FOUND, CKPT_NOT_FOUND, REQUEST_INVALID */
export async function describeModel(
  catalogue: Catalogue,
  registry: Registry,
  name: string,
  { kind, hashes = false, values }: DescribeOptions,
): Promise<ModelFileReport> {
  const entry = await locateModel(catalogue, name, kind);
  const { format, base, facts = {}, triggers = [], problems = [] } = await descriptionOf(entry, registry);
  const held = await contentsOf(entry, values ?? entry.bytes <= smallFile, format === undefined || problems.length > 0);
  return Object.freeze({
    ...{ kind: entry.kind, name: entry.name, title: entry.title, path: entry.path, bytes: entry.bytes },
    ...{ format, base, facts, triggers },
    tensors: held.tensors,
    metadata: held.metadata,
    preview: await previewBeside(entry.path),
    hashes: hashes ? await hashesOf(catalogue, entry) : undefined,
    problems: [...problems, ...held.problems],
  });
}

type Described = Partial<ModelDescription>;

async function descriptionOf(entry: CatalogueEntry, registry: Registry): Promise<Described> {
  try {
    return (await asked(entry, registry)) ?? { problems: [problemOf(entry, await otherKind(entry))] };
  } catch (error) {
    return { problems: [problemOf(entry, error)] };
  }
}

/** The engine's own kinds, then whoever reads the kind; a kind without a reader is told by its keys alone. */
async function asked(entry: CatalogueEntry, registry: Registry): Promise<Described | undefined> {
  if (entry.kind === 'checkpoint') {
    const families = registry.list('modelFamily').map((item) => item.value);
    return describeCheckpoint(entry, families);
  }
  if (entry.kind === 'vae') return describeVae(entry);
  const reader = registry.get('modelReader', entry.kind);
  if (reader) return reader.describe(entry);
  const what = await looksLike(entry);
  return what === undefined ? {} : { format: what };
}

async function looksLike({ path }: CatalogueEntry): Promise<string | undefined> {
  const weights = await openWeights(path);
  await weights.close();
  return describeKeys(weights.keys)?.what;
}

async function otherKind(entry: CatalogueEntry): Promise<HostError> {
  const what = (await looksLike(entry)) ?? 'nothing known';
  return new HostError('MODEL_KIND', { path: entry.path, kind: entry.kind, problem: `it looks like ${what}` });
}

function problemOf({ path }: CatalogueEntry, error: unknown): ModelProblem {
  const known = isHostError(error) ? error : new HostError('CKPT_UNREADABLE', { path, problem: String(error) });
  return { code: known.code, message: known.message };
}

type Contents = Pick<ModelFileReport, 'tensors' | 'metadata' | 'problems'>;

/** What any weights file has. `told`: somebody has already said what is wrong. A picture that carries an embedding has none of it. */
async function contentsOf(entry: CatalogueEntry, values: boolean, told: boolean): Promise<Contents> {
  const { path } = entry;
  const weights = await openWeights(path).catch((error: unknown) => error);
  if (!isWeights(weights)) return { tensors: undefined, metadata: {}, problems: [] };
  try {
    const metadata = Object.fromEntries(weights.metadata);
    const unusual = values && !told ? await unusualTensors(weights) : [];
    const more = unusual.length > shown ? ` and ${unusual.length - shown} more` : '';
    const problem = `${unusual.length} of ${weights.keys.size} tensors, ${unusual.slice(0, shown).join(', ')}${more}`;
    const problems = unusual.length === 0 ? [] : [problemOf(entry, new HostError('CKPT_NOT_FINITE', { path, problem }))];
    return { tensors: tensorsOf(weights), metadata, problems };
  } catch (error) {
    return { tensors: tensorsOf(weights), metadata: {}, problems: [problemOf(entry, error)] };
  } finally {
    await weights.close();
  }
}

const isWeights = (opened: unknown): opened is WeightsFile => typeof (opened as WeightsFile).close === 'function';

function tensorsOf(weights: WeightsFile): NonNullable<ModelFileReport['tensors']> {
  const entries = [...weights.keys].flatMap((key) => weights.get(key) ?? []);
  const values = entries.reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
  return { count: entries.length, values, dtypes: [...new Set(entries.map(({ dtype }) => dtype))].sort() };
}

/** Undefined for a file that cannot be read. */
async function hashesOf(catalogue: Catalogue, entry: CatalogueEntry): Promise<ModelHashes | undefined> {
  try {
    const sha256 = await catalogue.hash(entry);
    const former = entry.bytes > 0x100000 ? await formerHash(entry.path) : undefined;
    const hasHeader = extname(entry.path).toLowerCase() === '.safetensors';
    const tensors = hasHeader ? await catalogue.hash(entry, 'tensors') : undefined;
    return { sha256, autoV2: sha256.slice(0, 10), ...(former && { former }), ...(tensors && { tensors }) };
  } catch (error) {
    if (isHostError(error) && error.code === 'HOST_DISPOSED') throw error;
    return undefined;
  }
}
