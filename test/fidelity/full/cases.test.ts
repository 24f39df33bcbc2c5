import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { isSupported, readCases } from '../api-case.js';
import { checkCases } from '../check-cases.js';

const shared = fileURLToPath(new URL('../../../../shared/fidelity/', import.meta.url));
const groups = [
  '01_sampler_automatic',
  '02_scheduler',
  '03_seed_batch',
  '04_eta_churn',
  '05_cfg_clipskip',
  '06_prompt',
  '07_emphasis',
  '08_styles',
  '21_rng_nv',
];

if (existsSync(shared)) {
  const cases = groups.flatMap((group) => readCases(`${shared}open/${group}`)).filter(isSupported);
  checkCases('every recorded case of what is built', `${shared}data`, cases);
} else {
  describe('every recorded case of what is built', () => {
    it.skip('needs the full set beside the checkout (../shared/fidelity)', () => {});
  });
}
