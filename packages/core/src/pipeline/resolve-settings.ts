import { HostError } from '@armature/sdk';
import { type Settings, settingsSchema } from './settings-schema.js';

const known = Object.keys(settingsSchema.shape);

/**
 * The options in force for one job: stored ones under the request's own. Nothing is written back.
 * @throws HostError SETTING_UNKNOWN, REQUEST_INVALID
 */
export function resolveSettings(stored: Readonly<Record<string, unknown>>, overrides: Readonly<Record<string, unknown>> = {}): Settings {
  const merged = { ...stored, ...overrides };
  for (const name of Object.keys(merged)) {
    if (!known.includes(name)) throw new HostError('SETTING_UNKNOWN', { name, nearest: nearestName(name, known) });
  }
  const parsed = settingsSchema.safeParse(merged);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = String(issue?.path[0] ?? 'settings');
  throw new HostError('REQUEST_INVALID', { field, problem: issue?.message ?? 'invalid', seen: JSON.stringify(merged[field]) });
}

/** The known name with the fewest edits to `name` (Levenshtein distance). */
export function nearestName(name: string, names: readonly string[]): string {
  const wanted = name.toLowerCase();
  let best = names[0] ?? '';
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of names) {
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + change));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
