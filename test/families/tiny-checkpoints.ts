import type { LayoutEntry } from '../../packages/core/test/families/sd15-layout.js';

interface Layouts {
  readonly tinyLayouts: Readonly<Record<string, { readonly seed: number; readonly entries: readonly LayoutEntry[] }>>;
}
interface Writer {
  writeCheckpoint(path: string, entries: readonly LayoutEntry[], seed: number): Promise<number>;
}

/** Plain scripts, shared with the oracle and the benchmark, so their types are written here. */
const { tinyLayouts: layouts }: Layouts = await import(new URL('../../tools/families/tiny-layouts.js', import.meta.url).href);
const { writeCheckpoint }: Writer = await import(new URL('../../bench/write-checkpoint.js', import.meta.url).href);

export { layouts, writeCheckpoint };
