/** Writes the table of docs/settings.md from the settings schema: `node tools/docs/settings.js [--check]` (after `npm run build`). */
import { settingsSchema } from '../../packages/core/dist/api/settings-schema.js';
import { generatedBlock, report } from './generated-block.js';

/** What a setting may be, in a few words. */
function kindOf({ type, enum: choices, minimum, maximum, items, anyOf }) {
  if (choices) return choices.map((choice) => `\`${choice}\``).join(' ');
  if (anyOf) return anyOf.map(kindOf).join(' or ');
  if (type === 'array') return `list of ${kindOf(items ?? {})}`;
  const bounded = minimum > -1e9 || maximum < 1e9;
  return bounded && type !== 'string' ? `${type}, ${minimum} to ${maximum}` : type;
}

const { properties } = settingsSchema.toJSONSchema({ io: 'input' });
const rows = Object.entries(properties).map(([name, field]) => {
  const cells = [`\`${name}\``, field.description, kindOf(field), `\`${JSON.stringify(field.default)}\``];
  return `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
});
report([generatedBlock('docs/settings.md', ['| Setting | What it does | May be | Default |', '|---|---|---|---|', ...rows].join('\n'))]);
