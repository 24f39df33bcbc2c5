import { argsToInfotext, HostError, type Infotext, parseArgs } from '@armature/sdk';
import type { Generation } from '../host/generation.js';
import type { Job } from '../jobs/index.js';
import { addFields } from './add-fields.js';

type ArgsById = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * What a request says for extensions, parsed by each one's own schema; those it does not mention get their defaults.
 * @throws HostError EXT_NOT_FOUND, REQUEST_INVALID
 */
export function parseExtensionArgs(generation: Generation, given: ArgsById): ArgsById {
  const known = generation.active.map(({ id }) => id);
  for (const id of Object.keys(given)) {
    if (!known.includes(id)) throw new HostError('EXT_NOT_FOUND', { id, known: known.join(', ') || 'none' });
  }
  return Object.freeze(Object.fromEntries(generation.active.map(({ id, definition }) => [id, parseArgs(id, definition, given[id])])));
}

/** Adds the labelled arguments of every extension that differ from their defaults. */
export function writeExtensionFields(generation: Generation, job: Job, infotext: Infotext): Infotext {
  const given = job.info.request.extensions;
  return addFields(
    infotext,
    generation.active.flatMap(({ id, definition }) => [...argsToInfotext(id, definition, given[id] ?? {})]),
  );
}
