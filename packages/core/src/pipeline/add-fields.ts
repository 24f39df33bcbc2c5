import type { Infotext } from '@armature/sdk';

/** Adds fields where the reference puts extra parameters: behind all others, before the version. A known key keeps its place. */
export function addFields(infotext: Infotext, added: Iterable<readonly [key: string, value: string]>): Infotext {
  const fields = new Map(infotext.fields);
  const version = fields.get('Version');
  fields.delete('Version');
  for (const [key, value] of added) fields.set(key, value);
  if (version !== undefined) fields.set('Version', version);
  return { ...infotext, fields };
}
