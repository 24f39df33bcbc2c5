import { randomUUID } from 'node:crypto';
import { cp, mkdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError } from '@armature/sdk/host';

/**
 * Puts a package into `folder/name`, in place of one that is there, then runs `settle`. When anything fails, all is as before.
 * @throws HostError OUTPUT_UNWRITABLE, and what `settle` throws
 */
export async function placePackage(from: string, folder: string, name: string, settle: () => Promise<void>): Promise<void> {
  const [target, draft, before] = [join(folder, name), aside(folder), aside(folder)];
  const isNewFolder = !(await exists(folder));
  let undo = async (): Promise<void> => {};
  try {
    await mkdir(folder, { recursive: true });
    // The temporary folder may be on another disk, from where nothing can be moved in one step.
    await cp(from, draft, { recursive: true, verbatimSymlinks: true, errorOnExist: true });
    const replaces = await exists(target);
    if (replaces) await rename(target, before);
    undo = async () => {
      await rm(target, { recursive: true, force: true });
      if (replaces) await rename(before, target);
    };
    await rename(draft, target);
    await settle();
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    await undo();
    // Another add may have put something there meanwhile.
    if (isNewFolder) await rmdir(folder).catch(() => {});
    if (error instanceof HostError) throw error;
    throw new HostError('OUTPUT_UNWRITABLE', { path: target, problem: String(error) }, { cause: error });
  }
  await rm(before, { recursive: true, force: true });
}

/** Takes `folder/name` away and runs `settle`; when that fails, all is as before. @throws HostError OUTPUT_UNWRITABLE, and what `settle` throws */
export async function takeAway(folder: string, name: string, settle: () => Promise<void>): Promise<void> {
  const [target, before] = [join(folder, name), aside(folder)];
  const isThere = await exists(target);
  try {
    if (isThere) await rename(target, before);
    await settle();
  } catch (error) {
    if (isThere) await rename(before, target).catch(() => {});
    if (error instanceof HostError) throw error;
    throw new HostError('OUTPUT_UNWRITABLE', { path: target, problem: String(error) }, { cause: error });
  }
  await rm(before, { recursive: true, force: true });
}

/** The host does not look into folders whose names begin with a dot. */
const aside = (folder: string): string => join(folder, `.${randomUUID()}.tmp`);

const exists = async (path: string): Promise<boolean> => (await stat(path).catch(() => undefined)) !== undefined;
