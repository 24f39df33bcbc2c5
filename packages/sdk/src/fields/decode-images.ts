import type { ExtensionDefinition } from '../define-extension.js';
import { HostError } from '../host-error.js';
import type { Raster } from '../values/raster.js';
import type { ArgValues } from './args-schema.js';
import { fieldMeta } from './field-meta.js';

/**
 * Turns the pictures that a client sent as base64 (bare, or as a data URL) into rasters, before the arguments are parsed.
 * @throws HostError REQUEST_INVALID naming the field, when the text is not base64; whatever `decode` throws.
 */
export async function decodeImages(
  id: string,
  definition: ExtensionDefinition,
  args: ArgValues,
  decode: (bytes: Uint8Array) => Promise<Raster>,
): Promise<ArgValues> {
  const decoded: Record<string, unknown> = { ...args };
  for (const [name, schema] of Object.entries(definition.args ?? {})) {
    const value = args[name];
    if (fieldMeta(schema).widget === 'image' && typeof value === 'string') {
      decoded[name] = value === '' ? null : await decode(bytesOf(`extensions.${id}.${name}`, value));
    }
  }
  return decoded;
}

function bytesOf(field: string, text: string): Uint8Array {
  const base64 = text.replace(/^data:image\/[\w.+-]+;base64,/, '').replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(base64)) {
    throw new HostError('REQUEST_INVALID', { field, problem: 'is not a picture in base64', seen: JSON.stringify(text.slice(0, 40)) });
  }
  return Buffer.from(base64, 'base64');
}
