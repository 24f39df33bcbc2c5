import { fileURLToPath } from 'node:url';
import { readCases } from './api-case.js';
import { checkCases } from './check-cases.js';

const here = fileURLToPath(new URL('.', import.meta.url));

checkCases('the same picture as the original', `${here}models`, readCases(`${here}cases`));
