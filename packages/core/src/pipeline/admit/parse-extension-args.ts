import { decodeImages, HostError, parseArgs, type ToldArg, toldArgs } from '@armature/sdk/host';
import type { Generation } from '../../generation/index.js';
import { decodeImage } from '../../image/index.js';
import type { Job } from '../../jobs/index.js';

type ArgsById = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * What a request says for extensions, parsed by each one's own schema; those it does not mention get their defaults.
 * @throws HostError EXT_NOT_FOUND, REQUEST_INVALID
 */
export async function parseExtensionArgs(generation: Generation, given: ArgsById): Promise<ArgsById> {
  for (const id of Object.keys(given)) assertActive(generation, id);
  const parsed: Record<string, ArgsById[string]> = {};
  for (const { id, definition } of generation.active) {
    const args = given[id];
    parsed[id] = parseArgs(id, definition, args && (await decodeImages(id, definition, args, decodeImage)));
  }
  return Object.freeze(parsed);
}

/** @throws HostError EXT_NOT_FOUND that also says when it is there but not at work */
function assertActive(generation: Generation, id: string): void {
  if (generation.active.some((extension) => extension.id === id)) return;
  const reports = generation.extensions();
  const idle = reports.find((report) => report.id === id);
  const known = generation.active.map((extension) => extension.id).join(', ') || 'none';
  throw new HostError('EXT_NOT_FOUND', {
    id,
    known: idle ? `${known}; ${id} is ${idle.state} (${idle.cause?.code ?? 'no cause'})` : known,
  });
}

/** Labelled arguments of every extension, as far as they are told. */
export function extensionFields(generation: Generation, job: Job): readonly (readonly [label: string, value: ToldArg])[] {
  const given = job.info.request.extensions;
  return generation.active.flatMap(({ id, definition }) => [...toldArgs(id, definition, given[id] ?? {})]);
}
