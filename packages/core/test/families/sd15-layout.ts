/** One tensor of the layout; `kind` and `gain` say what its random values are like. */
export interface LayoutEntry {
  readonly key: string;
  readonly dtype: 'F16' | 'F32' | 'I64';
  readonly shape: number[];
  readonly kind: string;
  readonly gain: number;
}

interface LayoutScript {
  sd15Layout(inChannels?: number): LayoutEntry[];
  byteLength(entry: LayoutEntry): number;
  safetensorsHeader(entries: readonly LayoutEntry[]): Buffer;
}

/** What the benchmark's checkpoint is made of; a plain script, so its types are written here. */
const script: LayoutScript = await import(new URL('../../../../bench/sd15-layout.js', import.meta.url).href);

export const { sd15Layout, byteLength, safetensorsHeader } = script;
