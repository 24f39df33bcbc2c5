/** One tensor of the layout; `kind` and `gain` say what its random values are like. */
export interface LayoutEntry {
  readonly key: string;
  readonly dtype: 'F16' | 'F32' | 'I64';
  readonly shape: number[];
  readonly kind: string;
  readonly gain: number;
}
export function sd15Layout(inChannels?: number): LayoutEntry[];
export function byteLength(entry: LayoutEntry): number;
export function safetensorsHeader(entries: readonly LayoutEntry[]): Buffer;
