import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { CatalogueEntry } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { type MergeInput, type MergeOptions, type MergeReport, type MergeRequest, mergeRequestSchema } from '../api/index.js';
import { type Catalogue, formerHash, type MergeKind, mergeFile, modelStem, openWeights, type WeightsFile } from '../checkpoint/index.js';
import { mergeName, mergeRecipe } from './merge-recipe.js';

/** A model of a merge, open. */
export interface MergedModel {
  readonly entry: CatalogueEntry;
  readonly file: WeightsFile;
  readonly sha256: string;
  /** The webui's hash of old: eight digits, of 64 KiB in the middle. */
  readonly legacyHash: string;
}

/** @throws HostError REQUEST_INVALID, MODEL_NOT_FOUND, MERGE_UNFIT, OUTPUT_UNWRITABLE, JOB_CANCELLED, CKPT_* */
export async function mergeModels(catalogue: Catalogue, input: MergeInput, options: MergeOptions): Promise<MergeReport> {
  const request = readRequest(input);
  const discard = readPattern(request.discard);
  const opened: MergedModel[] = [];
  const files: WeightsFile[] = [];
  try {
    for (const name of modelNames(request)) {
      const model = await openModel(catalogue, name);
      opened.push(model);
      files.push(model.file);
    }
    const vae = request.bakeVae === undefined ? undefined : await openWeights((await catalogue.find('vae', request.bakeVae)).path);
    if (vae) files.push(vae);
    const [primary, secondary, tertiary] = opened as [MergedModel, ...MergedModel[]];
    const folder = catalogue.foldersOf('checkpoint')[0] ?? dirname(primary.entry.path);
    await mkdir(folder, { recursive: true });
    const { method, multiplier, half } = request;
    const made = await mergeFile(
      { method, multiplier, half, discard, vae, primary: primary.file, secondary: secondary?.file, tertiary: tertiary?.file },
      {
        pathOf: (kind) => join(folder, `${mergeName(request, opened)}${kind === 'plain' ? '' : `.${kind}`}.safetensors`),
        metadataOf: (kind: MergeKind) => mergeRecipe(request, opened, kind),
        config: await findConfig(request, opened),
      },
      options,
    );
    await catalogue.refresh('checkpoint');
    return made;
  } finally {
    for (const file of files) await file.close();
  }
}

function readRequest(input: MergeInput): MergeRequest {
  const parsed = mergeRequestSchema.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new HostError('REQUEST_INVALID', {
      field: issue?.path.join('.') || 'merge',
      problem: issue?.message ?? 'invalid',
      seen: JSON.stringify(input),
    });
  }
  const needed = { 'no-interpolation': [], 'weighted-sum': ['secondary'], 'add-difference': ['secondary', 'tertiary'] } as const;
  for (const field of needed[parsed.data.method])
    if (parsed.data[field] === undefined)
      throw new HostError('REQUEST_INVALID', { field, problem: `${parsed.data.method} needs this model`, seen: 'none' });
  const { name } = parsed.data;
  if (name !== undefined && (basename(name) !== name || /[\\/:*?"<>|\0]/.test(name) || name.startsWith('.')))
    throw new HostError('REQUEST_INVALID', {
      field: 'name',
      problem: 'it is the name of a file, without folder and extension',
      seen: name,
    });
  return parsed.data;
}

/** In order; the tertiary counts for a difference only. */
function modelNames({ method, primary, secondary, tertiary }: MergeRequest): readonly string[] {
  const names =
    method === 'no-interpolation' ? [primary] : method === 'weighted-sum' ? [primary, secondary] : [primary, secondary, tertiary];
  return names.filter((name) => name !== undefined);
}

function readPattern(discard: string | undefined): RegExp | undefined {
  if (!discard) return undefined;
  try {
    return new RegExp(discard);
  } catch (error) {
    throw new HostError('REQUEST_INVALID', { field: 'discard', problem: (error as Error).message, seen: discard });
  }
}

async function openModel(catalogue: Catalogue, name: string): Promise<MergedModel> {
  const entry = await catalogue.find('checkpoint', name);
  const sha256 = await catalogue.hash(entry);
  return { entry, sha256, legacyHash: (await formerHash(entry.path)) ?? 'NOFILE', file: await openWeights(entry.path) };
}

/** The yaml that the result gets; undefined where none is asked for, or those asked for have none. */
async function findConfig({ config }: MergeRequest, models: readonly MergedModel[]): Promise<string | undefined> {
  const at = { automatic: undefined, primary: 0, secondary: 1, tertiary: 2, none: -1 }[config];
  const asked = at === undefined ? models : models.filter((_, index) => index === at);
  for (const { entry } of asked) {
    const yaml = `${await modelStem(entry.path)}.yaml`;
    if ((await stat(yaml).catch(() => undefined))?.isFile()) return yaml;
  }
  return undefined;
}
