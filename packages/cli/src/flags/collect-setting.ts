import { meantHint, settingsSchema } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import { flagValue } from './flag-value.js';
import { jsonFields } from './json-field.js';

const settings = jsonFields(settingsSchema);

/**
 * Collects `--set key=value`, webui names, values typed as the setting is.
 * @throws HostError REQUEST_INVALID, SETTING_UNKNOWN
 */
export function collectSetting(text: string, earlier: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const at = text.indexOf('=');
  if (at < 1) throw new HostError('REQUEST_INVALID', { field: '--set', problem: 'expected key=value, as in randn_source=NV', seen: text });
  const name = text.slice(0, at).trim();
  const field = settings[name];
  if (!field) throw new HostError('SETTING_UNKNOWN', { name, meant: meantHint(Object.keys(settings), name) });
  return { ...earlier, [name]: flagValue(`--set ${name}`, text.slice(at + 1), field) };
}
