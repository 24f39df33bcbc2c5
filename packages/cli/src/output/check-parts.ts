import type { ModelCheck } from '@armature/core';
import { table } from './table.js';

const modulesShown = 8;

/** What `models check` adds to what a file is: a paragraph each. */
export function checkParts({ dtypes, networks, unread, config, notes }: ModelCheck): readonly string[] {
  const size = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  const parts: string[] = [];
  if (dtypes.length > 0)
    parts.push(`TYPES\n${table(dtypes.map(({ dtype, tensors, bytes }) => [dtype, `${tensors} tensors`, size(bytes)]))}`);
  if (networks.length > 0) {
    const rows = networks.map(({ network, matched, needed }) => [network, `${matched} of ${needed} tensors`]);
    parts.push(`NETWORKS\n${table(rows)}`);
  }
  if (unread.length > 0) {
    const rows = unread.slice(0, modulesShown).map(({ module, tensors }) => [module, `${tensors} tensors`]);
    const more = unread.length - rows.length;
    parts.push(`NOT READ\n${table(rows)}${more > 0 ? `and ${more} more\n` : ''}`);
  }
  const told = [...(config === undefined ? [] : [`${config} beside it says what it is.`]), ...notes];
  if (told.length > 0) parts.push(`NOTES\n${told.map((note) => `${note}\n`).join('')}`);
  return parts;
}
