import type { ExtensionSource } from '@armature/core';
import { defineExtension, type ExtensionDefinition, type FieldShape } from '@armature/sdk';

/** An extension written in the test itself, with the manifest it would have in a package. `id`: `owner.name`. */
export function inlineExtension<const O extends FieldShape = Record<never, never>, const A extends FieldShape = Record<never, never>>(
  id: string,
  definition: ExtensionDefinition<O, A>,
): ExtensionSource {
  return { manifest: { version: '0.0.0', api: 1, id, engines: { armature: '*' } }, definition: defineExtension(definition) };
}
