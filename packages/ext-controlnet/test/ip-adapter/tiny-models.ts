import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LayoutEntry } from '../../../core/test/families/sd15-layout.js';

interface Models {
  readonly tinyModels: Readonly<Record<string, { readonly seed: number; readonly entries: readonly LayoutEntry[] }>>;
}
interface Writer {
  writeCheckpoint(path: string, entries: readonly LayoutEntry[], seed: number): Promise<number>;
}

/** Plain scripts, shared with the oracle and the benchmark, so their types are written here. */
const tools = new URL('../../../../tools/control/tiny-layouts.js', import.meta.url).href;
const writer = new URL('../../../../bench/write-checkpoint.js', import.meta.url).href;

/** Writes the models that the oracle saw into a models folder; `wanted` by path below it. */
export async function writeTinyModels(folder: string, wanted: (name: string) => boolean = () => true): Promise<void> {
  const { tinyModels }: Models = await import(tools);
  const { writeCheckpoint }: Writer = await import(writer);
  for (const [name, { seed, entries }] of Object.entries(tinyModels)) {
    if (!wanted(name)) continue;
    const path = join(folder, `${name}.safetensors`);
    await mkdir(dirname(path), { recursive: true });
    await writeCheckpoint(path, entries, seed);
  }
}
