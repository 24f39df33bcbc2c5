import { textToValue } from '@armature/sdk/host';
import { type Settings, settingsSchema } from '../api/index.js';
import type { FieldReader } from './field-reader.js';
import { settingLabels } from './setting-labels.js';

/**
 * The settings a text asks for that are not in force already (`get_override_settings`). A value that the setting cannot
 * have stays not understood.
 */
export function pasteSettings(fields: FieldReader, current: Settings): Partial<Settings> {
  const wanted: Record<string, unknown> = {};
  for (const [label, name] of settingLabels) {
    const written = fields.raw(label);
    if (written === undefined) continue;
    const schema = settingsSchema.shape[name];
    const parsed = schema.safeParse(textToValue(schema, String(written).trim()));
    if (!parsed.success) continue;
    fields.understand(label);
    if (parsed.data !== current[name]) wanted[name] = parsed.data;
  }
  return wanted;
}
