import { type CatalogueEntry, HostError, type ModelDescription, type ModelProblem } from '@armature/sdk';
import { moduleMisfit } from './module-misfit.js';
import { type NetworkBase, networkBase } from './network-base.js';
import type { NetworkFile } from './network-file.js';
import type { NetworkStore } from './network-store.js';
import { triggerWords } from './trigger-words.js';

const shown = 3;

/** What a network's file holds, from its header; undefined for a file that holds none. @throws HostError CKPT_* */
export async function describeNetwork(store: NetworkStore, entry: CatalogueEntry): Promise<ModelDescription | undefined> {
  const file = await store.read(entry);
  const base = networkBase(file);
  if (file.modules.length === 0 && file.bundled.size === 0 && base.matched === 0) return undefined;
  return {
    format: formatOf(file),
    ...((base.name ?? base.written) !== undefined && { base: base.name ?? base.written }),
    triggers: triggerWords(file.metadata),
    facts: factsOf(file, base, await store.isAmbiguous(file.metadata.get('ss_output_name'))),
    problems: [...problemsOf(entry, file, base), ...(await twinProblem(store, entry))],
  } as ModelDescription;
}

function kindCounts({ modules }: NetworkFile): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { kind } of modules) counts.set(kind.name, (counts.get(kind.name) ?? 0) + 1);
  return counts;
}

function formatOf(file: NetworkFile): string {
  const kinds = [...kindCounts(file).keys()];
  if (kinds.length === 0) return file.bundled.size > 0 ? 'embeddings in a file for LoRA' : 'LoRA of an unknown kind';
  return kinds.length === 1 && kinds[0] === 'lora' ? 'LoRA' : `LyCORIS network (${kinds.join(', ')})`;
}

function factsOf(file: NetworkFile, base: NetworkBase, ambiguous: boolean): NonNullable<ModelDescription['facts']> {
  const { modules, unknown, bundled, metadata } = file;
  const inTextEncoder = modules.filter(({ name }) => /^(?:lora_te|\d?_?transformer|\d?_?model_transformer)/.test(name)).length;
  const alias = metadata.get('ss_output_name');
  const trained = ['ss_network_module', 'ss_network_dim', 'ss_network_alpha'].flatMap((key) => metadata.get(key) ?? []);
  return {
    ...(alias !== undefined && { alias: ambiguous ? `${alias} (of several files, so it names none)` : alias }),
    ...(modules.length > 0 && {
      kinds: [...kindCounts(file)].map(([kind, count]) => `${kind} ${count}`),
      ...ranksOf(file),
      modules: `${modules.length - inTextEncoder} of the UNet, ${inTextEncoder} of text encoders`,
      ...(base.name !== undefined && {
        matched: `${base.matched} of ${modules.length + unknown.length} modules are those of ${base.name}`,
      }),
    }),
    ...(bundled.size > 0 && { 'embeddings inside': [...bundled.keys()] }),
    ...(base.written !== undefined && base.written !== base.name && { 'base by its metadata': base.written }),
    ...(metadata.has('ss_sd_model_name') && { 'trained on': metadata.get('ss_sd_model_name') as string }),
    ...(trained.length > 0 && { 'trained as': trained.join(', ') }),
  };
}

/** Distinct ranks with how many modules have them. */
function ranksOf({ modules }: NetworkFile): { readonly ranks?: readonly string[] } {
  const counts = new Map<number, number>();
  for (const { kind, entries } of modules) {
    const rank = kind.rank(new Map([...entries].map(([part, { shape }]) => [part, shape])));
    if (rank !== undefined) counts.set(rank, (counts.get(rank) ?? 0) + 1);
  }
  const sorted = [...counts].sort(([a], [b]) => a - b);
  if (sorted.length === 0) return {};
  return { ranks: sorted.length === 1 ? [String(sorted[0]?.[0])] : sorted.map(([rank, count]) => `${rank} (${count} modules)`) };
}

function problemsOf({ path }: CatalogueEntry, file: NetworkFile, base: NetworkBase): readonly ModelProblem[] {
  const { modules, unknown } = file;
  const all = modules.length + unknown.length;
  const misfits = modules.flatMap((module) => {
    const misfit = moduleMisfit(module);
    return misfit === undefined ? [] : [`${module.name} (${misfit})`];
  });
  const unmatched = base.unmatched.filter((name) => !unknown.includes(name));
  const where = base.name ?? 'SD 1.x, SD 2.x or SDXL';
  return [
    ...(unknown.length > 0 ? [problem(path, `${unknown.length} of ${all} modules are of no known kind: ${some(unknown)}`)] : []),
    ...(unmatched.length > 0 ? [problem(path, `${unmatched.length} of ${all} modules are not in ${where}: ${some(unmatched)}`)] : []),
    ...(misfits.length > 0 ? [problem(path, `${misfits.length} of ${all} modules do not fit together: ${some(misfits)}`)] : []),
  ];
}

async function twinProblem(store: NetworkStore, entry: CatalogueEntry): Promise<readonly ModelProblem[]> {
  const counting = await store.named(entry.name);
  if (!counting || counting.path === entry.path) return [];
  return [problem(entry.path, `${counting.path} has the same name and counts in its place`)];
}

function problem(path: string, text: string): ModelProblem {
  const { code, message } = new HostError('LORA_UNFIT', { path, problem: text });
  return { code, message };
}

const some = (words: readonly string[]): string =>
  words.slice(0, shown).join(', ').slice(0, 500) + (words.length > shown ? ` and ${words.length - shown} more` : '');
