import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { readCases } from './api-case.js';
import { checkGeneration } from './check-generation.js';
import { buildModels } from './models-from-deltas.js';

const here = fileURLToPath(new URL('.', import.meta.url));
const built = await buildModels(`${here}models`);
afterAll(() => built.remove());

/** Of the other groups one case each stands for what its fields become; `cases.test.ts` makes the pictures of all. */
const whole = ['22_settings', '23_errors'];
const others = [
  '03_seed_batch/euler_a_batch2_niter2',
  '08_styles/two',
  '09_hires/hr_prompt',
  '09_hires/resize_96x128',
  '10_img2img/rgba_input_background',
  '11_inpaint/return_mask',
  '11_inpaint/soft_inpainting',
  '12_inpaint_model/inpaint',
  '15_textual_inversion/negative',
  '16_lora/dora',
  '19_refiner/switch_by_steps',
];
const cases = readdirSync(`${here}cases`).flatMap((group) => readCases(`${here}cases/${group}`));
checkGeneration(
  'the same answer as the original, over HTTP',
  { models: [`${here}models`, built.folder], root: here },
  cases.filter(({ group, name }) => whole.includes(group) || others.includes(`${group}/${name}`)),
  // Checkpoints, add-ons and options of one request are nothing to the others.
  cases.filter(({ group, name }) => others.includes(`${group}/${name}`)),
);
