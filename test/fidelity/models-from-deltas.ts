import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDelta } from './delta-file.js';

/** A models root in the system's folder for temporary files. */
export interface ModelsFromDeltas {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Writes the checkpoints that `models` only has as a difference from `tiny-random-sd1`, with what stands beside them. */
export async function buildModels(models: string): Promise<ModelsFromDeltas> {
  const from = join(models, 'Stable-diffusion');
  const folder = await mkdtemp(join(tmpdir(), 'armature-fidelity-'));
  const to = join(folder, 'Stable-diffusion');
  await mkdir(to);
  await cp(join(from, 'tiny-clip'), join(to, 'tiny-clip'), { recursive: true });
  for (const name of (await readdir(from)).filter((file) => file.endsWith('.delta')).map((file) => file.slice(0, -6))) {
    await writeFile(join(to, `${name}.safetensors`), readDelta(join(from, 'tiny-random-sd1.safetensors'), join(from, `${name}.delta`)));
    await cp(join(from, `${name}.yaml`), join(to, `${name}.yaml`));
  }
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
