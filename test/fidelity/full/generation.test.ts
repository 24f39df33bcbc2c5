import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';
import { readCases } from '../api-case.js';
import { checkGeneration } from '../check-generation.js';
import { laterFeatures } from '../later-features.js';
import { seededSample } from '../seeded-sample.js';

const shared = fileURLToPath(new URL('../../../../shared/fidelity/', import.meta.url));
const whole = ['22_settings', '23_errors'];
const generation = ['/sdapi/v1/txt2img', '/sdapi/v1/img2img'];

if (existsSync(shared)) {
  const built = readdirSync(`${shared}open`).filter((name) => /^(0[1-9]|1[0-9]|21)_/.test(name) && !(name in laterFeatures));
  const others = built.flatMap((group) => readCases(`${shared}open/${group}`));
  const cases = [
    ...whole.flatMap((group) => readCases(`${shared}open/${group}`)),
    ...seededSample(
      others.filter(({ group, name, endpoint }) => generation.includes(endpoint) && !(`${group}/${name}` in laterFeatures)),
      Number(process.env.FIDELITY_SAMPLE ?? 60),
    ),
  ];
  checkGeneration(
    'every recorded case of settings and errors and 60 others, over HTTP',
    { models: [`${shared}data`], root: shared },
    cases.filter(({ endpoint }) => generation.includes(endpoint)),
  );
} else {
  describe('recorded cases over HTTP', () => {
    it.skip('needs the full set beside the checkout (../shared/fidelity)', () => {});
  });
}
