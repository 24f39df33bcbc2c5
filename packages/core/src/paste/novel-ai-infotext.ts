import type { SamplerContribution } from '@armature/sdk';

/** A picture's texts by keyword, and its size in pixels. */
export interface NovelAiPicture {
  readonly items: Readonly<Record<string, string>>;
  readonly width: number;
  readonly height: number;
}

/**
 * The parameters text of a picture that NovelAI made: its texts `Software`, `Description` and `Comment` (JSON) put into the
 * webui's words. Undefined for any other picture, and where the JSON cannot be read (`read_info_from_image`).
 */
export function novelAiInfotext({ items, width, height }: NovelAiPicture, samplers: readonly SamplerContribution[]): string | undefined {
  if (items.Software !== 'NovelAI' || items.Comment === undefined || items.Description === undefined) return undefined;
  const comment = readObject(items.Comment);
  if (!comment || ['steps', 'scale', 'seed', 'uc'].some((key) => comment[key] === undefined)) return undefined;
  const wanted = String(comment.sampler).toLowerCase();
  const sampler = samplers.find(({ name, aliases = [] }) => [name, ...aliases].some((alias) => alias.toLowerCase() === wanted));
  const number = (key: string): string => writtenNumber(items.Comment as string, key) ?? String(comment[key]);
  const fields = `Steps: ${number('steps')}, Sampler: ${sampler?.name ?? 'Euler a'}, CFG scale: ${number('scale')}, Seed: ${number('seed')}`;
  const tail = `Size: ${width}x${height}, Clip skip: 2, ENSD: 31337`;
  return `${items.Description}\nNegative prompt: ${String(comment.uc)}\n${fields}, ${tail}`;
}

function readObject(json: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** A number as the file writes it: `11.0` stays, and so do seeds too large for a double. */
const writtenNumber = (json: string, key: string): string | undefined =>
  new RegExp(`"${key}"\\s*:\\s*(-?\\d[\\d.eE+-]{0,30})`).exec(json)?.[1];
