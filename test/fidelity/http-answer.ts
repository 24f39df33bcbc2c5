import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeImage } from '../../packages/core/src/image/index.js';
import type { ApiCase } from './api-case.js';
import { isClose, isWithin, likenessOf } from './likeness.js';

type Fields = Readonly<Record<string, unknown>>;

/** An answer over HTTP, its `info` not read yet. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: Fields;
}

/** What became of the comparison of one answer with the recorded one. */
export interface Comparison {
  readonly amiss: readonly string[];
  /** The lowest of its pictures, dB. */
  readonly psnr: number;
  readonly within: boolean;
  readonly infotextsOff: number;
}

/** What the recorded set says to ignore, and what names the program. */
const ignored = ['subseed', 'all_subseeds', 'job_timestamp', 'version'];

/** `{"$b64": "inputs/x.png"}` → the file in base64, wherever it stands. */
export function withPictures(value: unknown, root: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withPictures(item, root));
  if (typeof value !== 'object' || value === null) return value;
  const { $b64 } = value as { $b64?: string };
  if ($b64 !== undefined) return readFileSync(join(root, $b64)).toString('base64');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withPictures(item, root)]));
}

/** Status, fields, `info` and pictures of an answer against those recorded; what is amiss is told in words. */
export async function compareAnswer(recorded: ApiCase, { status, body }: HttpAnswer): Promise<Comparison> {
  const { response } = recorded as unknown as { readonly response: Fields };
  const amiss = status === recorded.status ? [] : [`status ${status} of ${recorded.status}: ${JSON.stringify(body).slice(0, 400)}`];
  if (recorded.status !== 200 || status !== 200) {
    amiss.push(...differences(response, body, 'answer'));
    return { amiss, psnr: Number.POSITIVE_INFINITY, within: amiss.length === 0, infotextsOff: 0 };
  }
  const info = typeof body.info === 'string' ? (JSON.parse(body.info) as Fields) : {};
  amiss.push(...differences(response.parameters, body.parameters, 'parameters'), ...infoDifferences(response.info as Fields, info));
  const pictures = await comparePictures(recorded, (body.images ?? []) as readonly string[]);
  const infotextsOff = amiss.filter((text) => text.startsWith('info.infotexts')).length;
  return { amiss: [...amiss, ...pictures.amiss], psnr: pictures.psnr, within: pictures.within && infotextsOff === 0, infotextsOff };
}

const withoutVersion = (text: unknown): string => String(text).replace(/, Version: [^,]*/, '');

function infoDifferences(wanted: Fields, made: Fields): readonly string[] {
  const told = (info: Fields): Fields => ({
    ...Object.fromEntries(Object.entries(info).filter(([key]) => !ignored.includes(key))),
    infotexts: (info.infotexts as readonly string[]).map(withoutVersion),
  });
  const missing = ignored.filter((key) => !(key in made)).map((key) => `info.${key}: missing`);
  return [...missing, ...differences(told(wanted), told(made), 'info')];
}

/** Fields that are there and equal; what stands beside them in an answer of ours is no difference at the top. */
function differences(wanted: unknown, made: unknown, path: string): readonly string[] {
  if (isFields(wanted) && isFields(made)) {
    const extra = path === 'answer' ? [] : Object.keys(made).filter((key) => !(key in wanted));
    return [
      ...Object.keys(wanted).flatMap((key) => differences(wanted[key], made[key], `${path}.${key}`)),
      ...extra.map((key) => `${path}.${key}: ${JSON.stringify(made[key])}, not recorded`),
    ];
  }
  const [a, b] = [JSON.stringify(wanted), JSON.stringify(made)];
  return a === b ? [] : [`${path}: ${b?.slice(0, 600)}\nwanted: ${a?.slice(0, 600)}`];
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

async function comparePictures(recorded: ApiCase, images: readonly string[]): Promise<Pick<Comparison, 'amiss' | 'psnr' | 'within'>> {
  const amiss = images.length === recorded.images.length ? [] : [`${images.length} pictures of ${recorded.images.length}`];
  let psnr = Number.POSITIVE_INFINITY;
  let within = amiss.length === 0;
  for (const [index, file] of recorded.images.entries()) {
    const wanted = await decodeImage(readFileSync(join(recorded.folder, file)), { name: file });
    const sent = images[index];
    const likeness = sent ? likenessOf(await decodeImage(Buffer.from(sent, 'base64'), { name: file }), wanted) : { psnr: 0, mean: 255 };
    psnr = Math.min(psnr, likeness.psnr);
    within &&= isWithin(recorded, likeness);
    if (!isClose(recorded, likeness) || !isWithin(recorded, likeness)) {
      amiss.push(`picture ${index}: ${likeness.psnr.toFixed(1)} dB, mean ${likeness.mean.toFixed(3)}`);
    }
  }
  return { amiss, psnr, within };
}
