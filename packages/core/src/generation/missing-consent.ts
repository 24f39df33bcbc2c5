import { HostError } from '@armature/sdk/host';
import type { HostConfig } from '../api/index.js';
import type { Manifest } from './manifest.js';

/**
 * Why an extension has to wait for its user. A script needs a word for itself, a package only when it asks for more than what
 * was agreed to when it was installed. A consent is for one id at one place with certain capabilities.
 */
export function missingConsent(
  { id, capabilities }: Manifest,
  path: string,
  config: HostConfig,
  kind: 'script' | 'package',
): HostError | undefined {
  const { allowScripts = [], consents = [] } = config;
  if (kind === 'script' && (allowScripts === true || allowScripts.includes(id))) return undefined;
  const given = consents.find((consent) => consent.id === id && consent.path === path);
  const more = capabilities.filter((word) => !given?.capabilities.includes(word)).join(', ');
  const refuse = (problem: string): HostError => new HostError('EXT_CONSENT', { path, id, problem });
  if (given) return more === '' ? undefined : refuse(`asks for more than was allowed: ${more}`);
  if (kind === 'package') return undefined;
  return refuse(`is a script that was not allowed yet${more === '' ? '' : ` and asks for ${more}`}`);
}
