import { InvalidRequest } from './invalid-request.js';
import type { WantedPictures } from './wanted-pictures.js';

const longest = 32_000;

/** The fields that both routes have, from JSON or a form. `quality`, `style`, `user` and others are ignored. */
export function readFields(fields: Readonly<Record<string, unknown>>): WantedPictures {
  const { prompt, n, size, model, response_format: format } = fields;
  if (typeof prompt !== 'string') throw new InvalidRequest('prompt', 'a text is required', { code: 'missing_required_parameter' });
  if (prompt.length > longest) throw new InvalidRequest('prompt', `may have ${longest} characters, has ${prompt.length}`);
  if (format !== undefined && format !== null && format !== 'b64_json') {
    throw new InvalidRequest('response_format', `pictures are given as b64_json only, not as ${JSON.stringify(format)}`);
  }
  const count = n === undefined || n === null ? 1 : Number(n);
  if (!Number.isInteger(count) || count < 1 || count > 10) {
    throw new InvalidRequest('n', `1 to 10 pictures can be asked for, not ${JSON.stringify(n)}`);
  }
  return { prompt, count, size: readSize(size), model: typeof model === 'string' ? model : '' };
}

/** `512x768` in pixels; undefined for `auto` or nothing. @throws InvalidRequest */
export function readSize(size: unknown): WantedPictures['size'] {
  if (size === undefined || size === null || size === '' || size === 'auto') return undefined;
  const [, width, height] = /^(\d{1,5})x(\d{1,5})$/.exec(String(size)) ?? [];
  if (width === undefined) throw new InvalidRequest('size', `is written 512x512, or auto, not ${JSON.stringify(size)}`);
  return { width: Number(width), height: Number(height) };
}
