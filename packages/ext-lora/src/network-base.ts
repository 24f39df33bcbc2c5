import { familyModule, type LoraFamily, loraFamilies } from './family-modules.js';
import type { NetworkFile, NetworkModule } from './network-file.js';

/** What a network was made for, as far as its file tells. */
export interface NetworkBase {
  /** `SD 1.x`, or `SD 1.x or SD 2.x` where names and widths are those of both; undefined: of none. */
  readonly name: string | undefined;
  readonly matched: number;
  /** Modules that no module of the family is meant by. */
  readonly unmatched: readonly string[];
  /** What its metadata say. */
  readonly written: string | undefined;
}

/** By the names of its modules, the width of its cross-attention, and what was written into it, in this order. */
export function networkBase({ modules, unknown, metadata }: Pick<NetworkFile, 'modules' | 'unknown' | 'metadata'>): NetworkBase {
  const names = [...modules.map(({ name }) => name), ...unknown];
  const counted = loraFamilies.map((family) => ({ family, count: names.filter((name) => familyModule(family, name)).length }));
  const matched = Math.max(...counted.map(({ count }) => count));
  const written = writtenBase(metadata);
  if (matched === 0) return { name: undefined, matched, unmatched: names, written };
  const width = contextWidth(modules);
  const likely = counted.filter(({ count }) => count === matched).map(({ family }) => family);
  const chosen = narrowed(
    narrowed(likely, ({ context }) => context === width),
    ({ name }) => name === written,
  );
  const unmatched = names.filter((name) => !familyModule(chosen[0] as LoraFamily, name));
  return { name: listed(chosen.map(({ name }) => name)), matched, unmatched, written };
}

const listed = (names: readonly string[]): string => names.join(', ').replace(/, ([^,]*)$/, ' or $1');

function narrowed(families: readonly LoraFamily[], fits: (family: LoraFamily) => boolean): readonly LoraFamily[] {
  const fitting = families.filter(fits);
  return fitting.length > 0 ? fitting : families;
}

/** Columns of what changes keys or values of cross-attention. */
function contextWidth(modules: readonly NetworkModule[]): number | undefined {
  const module = modules.find(({ name }) => /attn2_to_[kv]$/.test(name));
  for (const part of ['lora_down.weight', 'lora_A.weight', 'hada_w1_b', 'diff', 'a1.weight']) {
    const shape = module?.entries.get(part)?.shape;
    if (shape) return shape[1];
  }
  return undefined;
}

/** kohya's `ss_…` as the reference reads them (`sd_version`), and the model specification of Stability AI. */
function writtenBase(metadata: ReadonlyMap<string, string>): string | undefined {
  const architecture = metadata.get('modelspec.architecture') ?? '';
  const version = metadata.get('ss_base_model_version') ?? '';
  if (version.startsWith('sdxl_') || architecture.startsWith('stable-diffusion-xl')) return 'SDXL';
  if (metadata.get('ss_v2') === 'True' || architecture.startsWith('stable-diffusion-v2')) return 'SD 2.x';
  if (version !== '' || architecture.startsWith('stable-diffusion-v1')) return version === '' || /^sd_/.test(version) ? 'SD 1.x' : version;
  return architecture === '' ? undefined : architecture.slice(0, 100);
}
