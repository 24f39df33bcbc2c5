import { fileURLToPath } from 'node:url';
import { checkHttp } from './check-http.js';

const here = fileURLToPath(new URL('.', import.meta.url));
checkHttp('what the original answers over HTTP', {
  models: [`${here}models`],
  open: `${here}http`,
  inputs: `${here}http/inputs`,
  whole: false,
});
