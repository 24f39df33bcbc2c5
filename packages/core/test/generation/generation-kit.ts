import { defineExtension, type ExtensionDefinition, type FieldShape, type Logger } from '@armature/sdk';
import type { ExtensionSource, HostConfig } from '../../src/api/host-api.js';
import { Scope } from '../../src/di/index.js';
import { buildGeneration, type Generation, type GenerationInput } from '../../src/generation/generation.js';

const quiet: Logger = { debug() {}, info() {}, warn() {}, error() {} };

export async function generationOf(config: HostConfig, input: Partial<GenerationInput> = {}): Promise<Generation> {
  return buildGeneration({ number: 1, config, builtins: () => {}, scope: new Scope('host'), data: '/nowhere', log: quiet, ...input });
}

/** An extension as a composed build hands it over. */
export function sourceOf<O extends FieldShape, A extends FieldShape>(
  id: string,
  definition: ExtensionDefinition<O, A>,
  manifest: object = {},
): ExtensionSource {
  return {
    manifest: { version: '1.2.3', armature: { api: 1, id, engines: { armature: '^0.1' }, ...manifest } },
    definition: defineExtension(definition),
  };
}
