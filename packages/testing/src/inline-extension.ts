import type { ExtensionSource } from '@armature/core';
import { defineExtension, type ExtensionDefinition, type FieldShape } from '@armature/sdk';

/** What a test may add to the manifest of an inline extension; as in the `armature` block of a package.json. */
export interface InlineManifest {
  readonly requires?: readonly string[];
  readonly after?: readonly string[];
  readonly before?: readonly string[];
  /** `graph` for taps that change networks. */
  readonly capabilities?: readonly string[];
}

/** An extension written in the test itself, with the manifest it would have in a package. `id`: `owner.name`. */
export function inlineExtension<const O extends FieldShape = Record<never, never>, const A extends FieldShape = Record<never, never>>(
  id: string,
  definition: ExtensionDefinition<O, A>,
  manifest: InlineManifest = {},
): ExtensionSource {
  const block = { version: '0.0.0', api: 1, engines: { armature: '*' }, ...manifest, id };
  return { manifest: block, definition: defineExtension(definition) };
}
