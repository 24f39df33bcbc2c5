/** Writes the table of docs/errors.md from the error table: `node tools/docs/errors.js [--check]` (after `npm run build`). */
import { errorCodes } from '../../packages/sdk/dist/error-codes.js';
import { generatedBlock, report } from './generated-block.js';

const rows = Object.entries(errorCodes).map(
  ([code, { message, status, exit }]) => `| \`${code}\` | ${message.replaceAll('|', '\\|')} | ${status} | ${exit} |`,
);
report([generatedBlock('docs/errors.md', ['| Code | Message | HTTP | Exit |', '|---|---|---|---|', ...rows].join('\n'))]);
