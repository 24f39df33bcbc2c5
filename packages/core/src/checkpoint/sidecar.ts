import { open, readdir, realpath, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { HostError } from '@armature/sdk/host';
import { parse } from 'yaml';
import { pipelineConfig } from './diffusers/pipeline-config.js';
import { pipelineSidecar } from './diffusers/pipeline-sidecar.js';
import { measureModel } from './measure-model.js';
import { modelStem } from './model-stem.js';

/** LDM configs are 2–6 KB; the parser needs tens of milliseconds for the worst text of this size. */
const MAX_YAML_BYTES = 16 * 1024;
const MAX_DEPTH = 50;
const MAX_JSON_BYTES = 1024 * 1024;

/** What stands beside a checkpoint. A type, so that it fits the SDK's record of unknowns. */
export type Sidecar = {
  /** The LDM `.yaml`, parsed. */
  readonly ldm?: Readonly<Record<string, unknown>>;
  /** `config.json` of the folder that the yaml names as the text encoder's. */
  readonly textEncoder?: Readonly<Record<string, unknown>>;
  /** The open_clip description of the tower that the yaml names. */
  readonly openClip?: Readonly<Record<string, unknown>>;
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The `.yaml` that belongs to a checkpoint. */
const yamlBeside = async (checkpoint: string): Promise<string> => `${await modelStem(checkpoint)}.yaml`;

/**
 * Reads the same-stem `.yaml` beside a checkpoint (`find_checkpoint_config`) and, where its
 * `cond_stage_config.params.version` is a folder beside the checkpoint, that folder's `config.json`.
 * A diffusers folder says the same in descriptions of its own; a yaml beside it wins.
 * @returns undefined when there is no yaml.
 * @throws HostError CKPT_CONFIG, PATH_ESCAPES, CKPT_FOLDER.
 */
export async function readSidecar(checkpoint: string): Promise<Sidecar | undefined> {
  const real = await realpath(checkpoint).catch(() => checkpoint);
  const ldm = (await readYaml(await yamlBeside(checkpoint))) ?? (await readYaml(await yamlBeside(real)));
  const own = (await measureModel(checkpoint))?.folder ? pipelineSidecar(await pipelineConfig(checkpoint)) : undefined;
  if (!ldm) return own;
  const folder = await textEncoderFolder(checkpoint, ldm);
  const tower = await openClipFile(checkpoint, ldm);
  return {
    ...own,
    ldm,
    ...(folder !== undefined && { textEncoder: await readConfig(join(folder, 'config.json')) }),
    ...(tower !== undefined && { openClip: await readConfig(tower) }),
  };
}

/** A parameter of the first text encoder in a yaml that has it: SD 1 and 2 have one encoder, SDXL a list. */
function encoderParameter(ldm: unknown, name: string): string | undefined {
  const at = (root: unknown, ...path: readonly string[]) =>
    path.reduce<unknown>((value, key) => (isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined), root);
  const list = at(ldm, 'model', 'params', 'conditioner_config', 'params', 'emb_models');
  const encoders = [at(ldm, 'model', 'params', 'cond_stage_config'), ...(Array.isArray(list) ? (list as readonly unknown[]) : [])];
  return encoders.map((encoder) => at(encoder, 'params', name)).find((value): value is string => typeof value === 'string');
}

/**
 * Where the tower that the yaml names as `arch` is described: `<arch>.json` beside the checkpoint or one folder below, as
 * open_clip's own descriptions are called; undefined when there is none, as for the published ones.
 */
async function openClipFile(checkpoint: string, ldm: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  const arch = encoderParameter(ldm, 'arch');
  if (arch === undefined || !/^[\w-]{1,100}$/.test(arch)) return undefined;
  const home = dirname(checkpoint);
  const folders = (await readdir(home, { withFileTypes: true }).catch(() => [])).filter((item) => item.isDirectory());
  for (const folder of [home, ...folders.map(({ name }) => join(home, name)).sort()]) {
    const path = join(folder, `${arch}.json`);
    if ((await stat(path).catch(() => undefined))?.isFile()) return path;
  }
  return undefined;
}

/**
 * The text encoder's folder, when the yaml names one beside the checkpoint; undefined for a hub name such as
 * `openai/clip-vit-large-patch14`. @throws HostError PATH_ESCAPES, CKPT_CONFIG.
 */
export async function textEncoderFolder(checkpoint: string, ldm: Readonly<Record<string, unknown>>): Promise<string | undefined> {
  const version = encoderParameter(ldm, 'version');
  if (version === undefined) return undefined;
  const home = dirname(checkpoint);
  const meant = /^\.{1,2}(?:[/\\]|$)/.test(version) || isAbsolute(version);
  const folder = resolve(home, version);
  assertInside(folder, home, version);
  const found = (await stat(folder).catch(() => undefined))?.isDirectory();
  if (!found && !meant) return undefined;
  if (!found)
    throw new HostError('CKPT_CONFIG', {
      path: await yamlBeside(checkpoint),
      problem: `it names the folder ${version}, which does not exist`,
    });
  assertInside(await realpath(folder), await realpath(home), version);
  return folder;
}

function assertInside(path: string, folder: string, named: string): void {
  const way = relative(folder, path);
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) throw new HostError('PATH_ESCAPES', { path: named, folder });
}

/** The text of a small file; undefined when it is missing. @throws HostError CKPT_CONFIG. */
async function readBounded(path: string, limit: number): Promise<string | undefined> {
  const stats = await stat(path).catch(() => undefined);
  if (!stats?.isFile()) return undefined;
  if (stats.size > limit) throw new HostError('CKPT_CONFIG', { path, problem: `it has ${stats.size} bytes, at most ${limit} are read` });
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    throw new HostError('CKPT_CONFIG', { path, problem: `it cannot be read (${error.code})` });
  });
  try {
    return await handle.readFile('utf8');
  } finally {
    await handle.close();
  }
}

/** Whether values nest so deeply that the parser's recursion could end the process. Brackets in texts count too. */
function isTooDeep(yaml: string): boolean {
  let depth = 0;
  for (const character of yaml) {
    if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    if (depth > MAX_DEPTH) return true;
  }
  return yaml.split('\n').some((line) => (/^[ \t?-]*/.exec(line)?.[0].length ?? 0) > 4 * MAX_DEPTH);
}

async function readYaml(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await readBounded(path, MAX_YAML_BYTES);
  if (text === undefined) return undefined;
  if (isTooDeep(text)) throw new HostError('CKPT_CONFIG', { path, problem: `its values nest more than ${MAX_DEPTH} deep` });
  let parsed: unknown;
  try {
    parsed = parse(text, { maxAliasCount: 100, logLevel: 'error', prettyErrors: false });
  } catch (error) {
    throw new HostError(
      'CKPT_CONFIG',
      { path, problem: `it is not valid YAML: ${(error as Error).message.split('\n')[0]}` },
      { cause: error },
    );
  }
  if (!isRecord(parsed)) throw new HostError('CKPT_CONFIG', { path, problem: 'it is not a map of settings with "model:" at the top' });
  return parsed;
}

async function readConfig(path: string): Promise<Readonly<Record<string, unknown>>> {
  const text = await readBounded(path, MAX_JSON_BYTES);
  if (text === undefined) throw new HostError('CKPT_CONFIG', { path, problem: 'the text encoder folder has no such file' });
  try {
    const parsed: unknown = JSON.parse(text);
    if (isRecord(parsed)) return parsed;
  } catch (error) {
    throw new HostError('CKPT_CONFIG', { path, problem: `it is not valid JSON: ${(error as Error).message}` }, { cause: error });
  }
  throw new HostError('CKPT_CONFIG', { path, problem: 'it is not a JSON object' });
}
