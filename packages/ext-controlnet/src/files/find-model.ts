import { type CatalogueApi, type CatalogueEntry, HostError } from '@armature/sdk';

/** A model by its name, with or without the hash behind it, or by part of the name: then the shortest that has it. */
export async function findModel(catalogue: CatalogueApi, name: string): Promise<CatalogueEntry> {
  const entries = await catalogue.list('controlnet');
  const wanted = name.replace(/ \[[0-9a-f]{6,}\]$/, '').toLowerCase();
  const exact = entries.find((entry) => entry.name.toLowerCase() === wanted);
  if (exact) return exact;
  const some = wanted === 'none' || wanted === '' ? [] : entries.filter((entry) => entry.name.toLowerCase().includes(wanted));
  const [shortest] = some.sort((a, b) => a.name.length - b.name.length);
  if (shortest) return shortest;
  const known = entries.map((entry) => entry.name).join(', ') || 'none';
  throw new HostError('MODEL_NOT_FOUND', { kind: 'controlnet', name, folder: 'ControlNet', known });
}
