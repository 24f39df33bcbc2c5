import { HostError } from '@armature/sdk/host';
import type { ExtensionRecord } from './extension-record.js';

/**
 * Who could have given an extension the token it asked for in vain, by what the manifests say; undefined when none names it.
 * `cause`: the TOKEN_MISSING it ended with.
 */
export function missingProvider(
  { id }: ExtensionRecord,
  cause: HostError,
  records: readonly ExtensionRecord[],
): { readonly id: string; readonly cause: HostError } | undefined {
  const token = String(cause.data.token);
  const provider = records.find((record) => record.id !== id && 'id' in record.candidate.manifest && provides(record, token));
  if (!provider) return undefined;
  return {
    id: provider.id,
    cause: new HostError('EXT_PROVIDER', { extension: id, token, provider: provider.id, problem: problem(provider) }),
  };
}

const provides = ({ candidate: { manifest } }: ExtensionRecord, token: string): boolean =>
  'id' in manifest && manifest.provides.includes(token);

function problem({ id, state, scope, cause }: ExtensionRecord): string {
  if (scope) return 'did not offer it in its setup, though its manifest says so';
  return state === 'listed' && !cause ? `comes later: write "requires": ["${id}"] in the manifest` : `is ${state}`;
}
