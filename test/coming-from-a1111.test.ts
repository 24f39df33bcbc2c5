import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from './source-file.js';

/** Every registrar of `script_callbacks` and every method of `Script` in the webui 1.10.1. */
const callbacks = `on_app_started on_before_reload on_model_loaded on_ui_tabs on_ui_train_tabs on_ui_settings on_before_image_saved
  on_image_saved on_extra_noise on_cfg_denoiser on_cfg_denoised on_cfg_after_cfg on_before_component on_after_component on_image_grid
  on_infotext_pasted on_script_unloaded on_before_ui on_list_optimizers on_list_unets on_before_token_counter`.split(/\s+/);
const methods = `title show ui run setup before_process process before_process_batch after_extra_networks_activate process_batch
  process_before_every_sampling before_hr on_mask_blend post_sample postprocess_batch postprocess_batch_list postprocess_image
  postprocess_maskoverlay postprocess_image_after_composite postprocess before_component after_component on_before_component
  on_after_component describe elem_id`.split(/\s+/);

const page = readFileSync(join(root, 'docs/coming-from-a1111.md'), 'utf8');
const [, ofCallbacks = '', ofMethods = ''] = page.split(/^## (?:Callbacks|Methods of).*$/m);
const entries = (part: string) => [...part.matchAll(/^### `(\w+)\([^`]*\)`\n([\s\S]*?)(?=^##|$(?![\s\S]))/gm)];

it('maps every callback and every method of Script, each with an example', () => {
  expect(entries(ofCallbacks).map(([, name]) => name)).toEqual(callbacks);
  expect(entries(ofMethods).map(([, name]) => name)).toEqual(methods);
  for (const [, name, text] of [...entries(ofCallbacks), ...entries(ofMethods)])
    expect(text?.match(/```ts\n(?:\/\/ .+\n)(?:.+\n)```/g), `two lines for ${name}`).toHaveLength(1);
});
