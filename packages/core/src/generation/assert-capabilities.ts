import { HostError } from '@armature/sdk/host';
import type { Capability, ImportedModule } from '../api/index.js';
import { moduleCapability } from './module-capability.js';

/** Hooks whose taps change networks. */
const isStructural = (hook: string): boolean => hook.startsWith('graph.') || hook === 'model.weights';

/** Who asks, and what its manifest says it needs. */
interface Declaring {
  readonly id: string;
  readonly capabilities: readonly string[];
}

/**
 * Holds what the code of an extension imports against what its manifest declares. `imports`: see `Bundler.imports`.
 * @throws HostError EXT_CAPABILITY naming each module with the file it stands in, and what is missing.
 */
export function assertImports(manifest: Declaring, imports: readonly ImportedModule[]): void {
  assertDeclared(
    manifest,
    imports.map(({ module, file }) => [`${module} (${file})`, moduleCapability(module)]),
  );
}

/** @throws HostError EXT_CAPABILITY when a network is shaped without the word for it. */
export function assertTaps(manifest: Declaring, hooks: readonly string[]): void {
  assertDeclared(
    manifest,
    hooks.filter(isStructural).map((hook) => [`the hook ${hook}`, 'graph']),
  );
}

function assertDeclared({ id, capabilities }: Declaring, uses: readonly (readonly [use: string, needs: Capability | undefined])[]): void {
  const undeclared = uses.filter(([, needs]) => needs !== undefined && !capabilities.includes(needs));
  if (undeclared.length === 0) return;
  const missing = [...new Set(undeclared.map(([, needs]) => needs))];
  throw new HostError('EXT_CAPABILITY', {
    extension: id,
    uses: [...new Set(undeclared.map(([use]) => use))].slice(0, 5).join(', '),
    missing: missing.join(', '),
    list: missing.map((word) => `"${word}"`).join(', '),
  });
}
