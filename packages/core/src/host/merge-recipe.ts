import type { MergeRequest } from '../api/index.js';
import type { MergeKind } from '../checkpoint/index.js';
import type { MergedModel } from './merge-models.js';

const labels = { 'weighted-sum': 'Weighted sum', 'add-difference': 'Add difference', 'no-interpolation': 'No interpolation' } as const;
const sources = { automatic: 0, primary: 1, secondary: 2, tertiary: 3, none: 4 } as const;

/** What a merge is called without a name of its own (`filename_generator`). */
export function mergeName({ name, method, multiplier }: MergeRequest, [a, b, c]: readonly MergedModel[]): string {
  if (name !== undefined) return name;
  const of = (model: MergedModel | undefined): string => model?.entry.name ?? '';
  // Python's round() of two digits.
  const share = String(Number(multiplier.toFixed(2)));
  if (method === 'weighted-sum') return `${Number((1 - multiplier).toFixed(2))}(${of(a)}) + ${share}(${of(b)})`;
  return method === 'add-difference' ? `${of(a)} + ${share}(${of(b)} - ${of(c)})` : of(a);
}

/** The `__metadata__` of the result (`sd_merge_recipe`, `sd_merge_models`). */
export function mergeRecipe(request: MergeRequest, models: readonly MergedModel[], kind: MergeKind): Readonly<Record<string, string>> {
  const { copyMetadata, recipe, metadata } = request;
  const copied = copyMetadata ? Object.assign({}, ...models.map(({ file }) => Object.fromEntries(file.metadata))) : {};
  return {
    ...copied,
    ...metadata,
    format: 'pt',
    ...(recipe && { sd_merge_recipe: recipeOf(request, models, kind), sd_merge_models: modelsOf(models) }),
  };
}

function recipeOf(request: MergeRequest, [a, b, c]: readonly MergedModel[], kind: MergeKind): string {
  return JSON.stringify({
    type: 'webui',
    primary_model_hash: a?.sha256 ?? null,
    secondary_model_hash: b?.sha256 ?? null,
    tertiary_model_hash: c?.sha256 ?? null,
    interp_method: labels[request.method],
    multiplier: request.multiplier,
    save_as_half: request.half,
    custom_name: request.name ?? '',
    config_source: sources[request.config],
    bake_in_vae: request.bakeVae ?? 'None',
    discard_weights: request.discard ?? '',
    is_inpainting: kind === 'inpainting',
    is_instruct_pix2pix: kind === 'instruct-pix2pix',
  });
}

/** Also those that the models were merged of. */
function modelsOf(models: readonly MergedModel[]): string {
  const all: Record<string, unknown> = {};
  for (const { entry, file, sha256, legacyHash } of models) {
    const name = entry.title.replace(/ \[[0-9a-f]+\]$/, '');
    all[sha256] = { name, legacy_hash: legacyHash, sd_merge_recipe: parsed(file.metadata.get('sd_merge_recipe')) ?? null };
    const before = parsed(file.metadata.get('sd_merge_models'));
    if (typeof before === 'object' && before !== null && !Array.isArray(before)) Object.assign(all, before);
  }
  return JSON.stringify(all);
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
