/** Writes the table of docs/guide/server.md from the server's options: `node tools/docs/server.js [--check]` (after `npm run build`). */
import { serverOptionsSchema } from '../../packages/server/dist/index.js';
import { generatedBlock, report } from './generated-block.js';

const { properties } = serverOptionsSchema.toJSONSchema({ io: 'input' });
const rows = Object.entries(properties).map(([name, field]) => {
  const standard = field.default === undefined ? 'none' : `\`${JSON.stringify(field.default)}\``;
  return `| \`${name}\` | ${field.description.replaceAll('|', '\\|')} | ${standard} |`;
});
report([generatedBlock('docs/guide/server.md', ['| Option | What it does | Default |', '|---|---|---|', ...rows].join('\n'))]);
