import { InvalidRequest } from './invalid-request.js';
import { readFields } from './read-fields.js';
import type { WantedPictures } from './wanted-pictures.js';

/** `POST /v1/images/generations`: a JSON object. @throws InvalidRequest */
export async function readGeneration(request: Request): Promise<WantedPictures> {
  const body: unknown = await request.json().catch(() => undefined);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new InvalidRequest('body', 'a JSON object is required');
  return readFields(body as Readonly<Record<string, unknown>>);
}
