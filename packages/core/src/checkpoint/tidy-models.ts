import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { isHostError } from '@armature/sdk';
import { naturalOrder } from './file-walk.js';
import { describeKeys } from './key-layout.js';
import { isVaeName, type ModelFolder } from './model-folders.js';
import { findSubfolder, type ModelRoot } from './model-roots.js';
import { moveFile } from './move-file.js';
import { openWeights } from './open-weights.js';
import { readSidecar, textEncoderFolder } from './sidecar.js';

export interface TidyReport {
  readonly moves: readonly { readonly from: string; readonly to: string }[];
  /** Misplaced files that stay where they are, and why. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}
interface TidyRequest {
  readonly root: ModelRoot;
  readonly table: readonly ModelFolder[];
  readonly dryRun: boolean;
}
/** A model and what belongs to it; moved together or not at all. */
interface Group {
  readonly model: string;
  readonly target: string;
}

/** Folders of former webui versions: files in them belong below `models/` (`cleanup_models`). */
const formerFolders: readonly { readonly at: 'webui' | 'models'; readonly from: string; readonly to: string }[] = [
  { at: 'webui', from: 'ESRGAN', to: 'ESRGAN' },
  { at: 'webui', from: 'gfpgan', to: 'GFPGAN' },
  { at: 'webui', from: 'SwinIR', to: 'SwinIR' },
  { at: 'models', from: 'BSRGAN', to: 'ESRGAN' },
];
const MODEL_EXTENSIONS = new Set(['.safetensors', '.ckpt', '.pt', '.pth']);
/** Endings of files that belong to the model of the same stem. */
const COMPANIONS = [
  ...['.yaml', '.json', '.txt', '.description.txt', '.civitai.info', '.preview.json'],
  ...['.png', '.jpg', '.jpeg', '.webp'].flatMap((extension) => [extension, `.preview${extension}`]),
];

/** Finds misplaced model files below one root and moves them, each with the files that belong to it. */
export async function tidyModels({ root, table, dryRun }: TidyRequest): Promise<TidyReport> {
  const skipped: { path: string; reason: string }[] = [];
  const moves: { from: string; to: string }[] = [];
  const groups = [...(await looseModels(root, table, skipped)), ...(await formerModels(root))];
  const claimed = new Set<string>();
  for (const { model, target } of groups) {
    const paths = [...(await companionsOf(model)), model].filter((path) => !claimed.has(path));
    const plan = paths.map((from) => ({ from, to: join(target, basename(from)) }));
    const taken = await firstTaken(plan, claimed);
    if (taken !== undefined) {
      skipped.push({ path: model, reason: `${taken} is there already` });
      continue;
    }
    for (const { from, to } of plan) {
      claimed.add(from).add(to);
      if (dryRun || (await moveFile(from, to))) moves.push({ from, to });
      else skipped.push({ path: from, reason: `${to} is there already` });
    }
  }
  return { moves, skipped };
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function firstTaken(plan: readonly { readonly to: string }[], claimed: ReadonlySet<string>): Promise<string | undefined> {
  for (const { to } of plan) if (claimed.has(to) || (await exists(to))) return to;
  return undefined;
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory() && MODEL_EXTENSIONS.has(extname(entry.name).toLowerCase()));
  return files.map((entry) => join(folder, entry.name)).sort(naturalOrder);
}

/** Checkpoints and other weights that lie in `models/` itself; the header tells a LoRA from a checkpoint. */
async function looseModels(
  root: ModelRoot,
  table: readonly ModelFolder[],
  skipped: { path: string; reason: string }[],
): Promise<readonly Group[]> {
  const groups: Group[] = [];
  for (const model of await filesIn(root.models)) {
    if (!['.safetensors', '.ckpt'].includes(extname(model).toLowerCase())) continue;
    const kind = await kindOf(model);
    const folder = table.find(({ name }) => name === kind.kind);
    if (folder) groups.push({ model, target: await folderOf(root, folder) });
    else skipped.push({ path: model, reason: kind.reason ?? 'no folder is known for such files' });
  }
  return groups;
}

async function kindOf(model: string): Promise<{ readonly kind?: string; readonly reason?: string }> {
  if (isVaeName(model)) return { kind: 'vae' };
  if (extname(model).toLowerCase() === '.ckpt') return { kind: 'checkpoint' };
  try {
    const weights = await openWeights(model);
    await weights.close();
    const layout = describeKeys(weights.keys);
    if (!layout) return { reason: 'its tensors look like no known layout' };
    return { kind: layout.kind, reason: `it looks like ${layout.what}, for which there is no folder` };
  } catch (error) {
    if (isHostError(error)) return { reason: error.message };
    throw error;
  }
}

async function formerModels(root: ModelRoot): Promise<readonly Group[]> {
  const webui = root.beside[0] ?? root.models;
  const groups: Group[] = [];
  for (const { at, from, to } of formerFolders) {
    const home = at === 'webui' ? webui : root.models;
    if (at === 'webui' && webui === root.models) continue;
    const source = await findSubfolder(home, from);
    if (source === undefined) continue;
    const target = (await findSubfolder(root.models, to)) ?? join(root.models, to);
    groups.push(...(await filesIn(source)).map((model) => ({ model, target })));
  }
  return groups;
}

/** An existing folder of the kind, whatever its letter case, else the preferred name. */
async function folderOf(root: ModelRoot, { folders, besideModels }: ModelFolder): Promise<string> {
  const base = (besideModels ? root.beside[0] : undefined) ?? root.models;
  for (const name of folders) {
    const found = await findSubfolder(base, name);
    if (found !== undefined) return found;
  }
  return join(base, folders[0] ?? '');
}

async function companionsOf(model: string): Promise<readonly string[]> {
  const stem = model.slice(0, model.length - extname(model).length);
  const found: string[] = [];
  for (const suffix of COMPANIONS) if (await exists(stem + suffix)) found.push(stem + suffix);
  const ldm = (await readSidecar(model).catch(() => undefined))?.ldm;
  const folder = ldm && (await textEncoderFolder(model, ldm).catch(() => undefined));
  return folder && dirname(folder) === dirname(model) ? [folder, ...found] : found;
}
