import { HostError } from '@armature/sdk/host';
import { type Settings, settingsSchema } from '../../api/index.js';
import { meantHint } from '../../checkpoint/index.js';

const known = Object.keys(settingsSchema.shape);

/**
 * The options in force for one job: stored ones under the request's own. Nothing is written back.
 * @throws HostError SETTING_UNKNOWN, REQUEST_INVALID
 */
export function resolveSettings(stored: Readonly<Record<string, unknown>>, overrides: Readonly<Record<string, unknown>> = {}): Settings {
  const merged = { ...stored, ...overrides };
  for (const name of Object.keys(merged)) {
    if (!known.includes(name)) throw new HostError('SETTING_UNKNOWN', { name, meant: meantHint(known, name) });
  }
  const parsed = settingsSchema.safeParse(merged);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = String(issue?.path[0] ?? 'settings');
  throw new HostError('REQUEST_INVALID', { field, problem: issue?.message ?? 'invalid', seen: JSON.stringify(merged[field]) });
}
