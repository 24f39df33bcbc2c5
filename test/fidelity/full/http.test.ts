import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { checkHttp } from '../check-http.js';

const shared = fileURLToPath(new URL('../../../../shared/fidelity/', import.meta.url));

if (existsSync(shared)) {
  checkHttp('every recorded answer over HTTP', {
    models: [`${shared}data`],
    open: `${shared}open`,
    inputs: `${shared}inputs`,
    whole: true,
  });
} else {
  describe('every recorded answer over HTTP', () => {
    it.skip('needs the full set beside the checkout (../shared/fidelity)', () => {});
  });
}
