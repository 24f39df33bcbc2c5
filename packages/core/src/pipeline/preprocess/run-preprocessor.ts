import { type PreprocessorContribution, Raster } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { z } from 'zod';
import type { PreprocessInput } from '../../api/index.js';
import { meantHint } from '../../checkpoint/index.js';
import type { Generation } from '../../generation/index.js';
import { withChannels } from '../../image/index.js';
import { readPicture } from '../admit/read-pictures.js';

/**
 * The map a preprocessor makes of a picture, in its turn.
 * @throws HostError PREPROCESSOR_*, REQUEST_INVALID, IMAGE_INVALID, JOB_CANCELLED, EXT_CONTRIBUTION_THREW
 */
export async function runPreprocessor(
  registry: Generation['registry'],
  request: PreprocessInput,
  signal: AbortSignal,
  turn: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Raster> {
  const preprocessor = find(registry, request.module);
  const args = readArgs(preprocessor, request.args ?? {});
  const image = await readPicture('image', request.image);
  const seen = preprocessor.masked ? await withMask(preprocessor, image, request.mask) : image;
  return turn(async () => preprocessor.process(seen, { args, signal })).catch((error: unknown) => {
    throw signal.aborted ? new HostError('JOB_CANCELLED', {}, { cause: error }) : error;
  });
}

function find(registry: Generation['registry'], name: string): PreprocessorContribution {
  const found = registry.get('preprocessor', name, { ignoreCase: true });
  if (found) return found;
  const known = registry.list('preprocessor').map(({ value }) => value.name);
  throw new HostError('PREPROCESSOR_UNKNOWN', { name, meant: meantHint(known, name) });
}

function readArgs({ fields = {} }: PreprocessorContribution, given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const parsed = z.strictObject(fields).safeParse(given);
  if (parsed.success) return Object.freeze(parsed.data);
  const [issue] = parsed.error.issues;
  const unknown = issue?.code === 'unrecognized_keys';
  const field = unknown ? issue.keys[0]! : String(issue?.path[0]);
  const known = Object.keys(fields).join(', ') || 'none';
  const problem = unknown ? `no such value, known are ${known}` : (issue?.message ?? 'invalid');
  throw new HostError('REQUEST_INVALID', { field: `args.${field}`, problem, seen: JSON.stringify(given[field]) });
}

/** The mask as fourth channel. */
async function withMask({ name }: PreprocessorContribution, image: Raster, given: PreprocessInput['mask']): Promise<Raster> {
  const invalid = (problem: string, seen: string): HostError => new HostError('REQUEST_INVALID', { field: 'mask', problem, seen });
  if (!given) throw invalid(`${name} needs a mask, as large as the picture and white where it counts`, 'none');
  const { width, height } = image;
  const mask = await withChannels(await readPicture('mask', given), 1);
  if (mask.width !== width || mask.height !== height)
    throw invalid(`must be as large as the picture, ${width}×${height} pixels`, `${mask.width}×${mask.height}`);
  const [colours, shown] = [(await withChannels(image, 3)).toBytes(), mask.toBytes()];
  const bytes = new Uint8Array(width * height * 4);
  for (let at = 0; at < width * height; at++) {
    bytes.set(colours.subarray(at * 3, at * 3 + 3), at * 4);
    bytes[at * 4 + 3] = shown[at]!;
  }
  return new Raster(bytes, { width, height, channels: 4 });
}
