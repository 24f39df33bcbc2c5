import type { SettingContribution } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { type Settings, settingsSchema } from '../../api/index.js';
import { meantHint } from '../../checkpoint/index.js';

const own = Object.keys(settingsSchema.shape);

export interface SettingsInput {
  readonly stored: Readonly<Record<string, unknown>>;
  /** The request's own, above those. */
  readonly overrides?: Readonly<Record<string, unknown>>;
  /** Options of extensions. */
  readonly contributed: readonly SettingContribution[];
}

/**
 * The options in force for one job: stored ones under the request's own. Nothing is written back.
 * @throws HostError SETTING_UNKNOWN, REQUEST_INVALID
 */
export function resolveSettings({ stored, overrides = {}, contributed }: SettingsInput): Settings {
  const merged: Readonly<Record<string, unknown>> = { ...stored, ...overrides };
  const theirs = new Map(contributed.map((setting) => [setting.name, setting]));
  const mine: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(merged)) {
    const known = [...own, ...theirs.keys()];
    if (!known.includes(name)) throw new HostError('SETTING_UNKNOWN', { name, meant: meantHint(known, name) });
    if (!theirs.has(name)) mine[name] = value;
  }
  return { ...contributedValues(contributed, merged), ...readOwn(mine) };
}

function contributedValues(contributed: readonly SettingContribution[], given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const values = contributed.map(({ name, defaultValue }) => {
    const value = given[name] ?? defaultValue;
    if (typeof value === typeof defaultValue && !Number.isNaN(value)) return [name, value] as const;
    throw new HostError('REQUEST_INVALID', { field: name, problem: `it is a ${typeof defaultValue}`, seen: JSON.stringify(value) });
  });
  return Object.fromEntries(values);
}

function readOwn(merged: Readonly<Record<string, unknown>>): Settings {
  const parsed = settingsSchema.safeParse(merged);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = String(issue?.path[0] ?? 'settings');
  throw new HostError('REQUEST_INVALID', { field, problem: issue?.message ?? 'invalid', seen: JSON.stringify(merged[field]) });
}
