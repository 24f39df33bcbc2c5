import { defineExtension, type ExtensionDefinition } from '@armature/sdk';
import { createTestHost, inlineExtension } from '@armature/testing';
import { expect, it } from 'vitest';
import { fencedBlocks, pageText } from './fenced-blocks.js';
import { inSetup } from './in-setup.js';
import { loadExample } from './load-example.js';

const page = 'docs/coming-from-comfyui.md';
/** What custom node authors look for, in the words of ComfyUI's source. */
const words = `NODE_CLASS_MAPPINGS INPUT_TYPES RETURN_TYPES FUNCTION OUTPUT_NODE VALIDATE_INPUTS IS_CHANGED EXTRA_PNGINFO LATENT
  CONDITIONING IMAGE SIGMAS set_model_sampler_cfg_function set_model_sampler_post_cfg_function set_model_unet_function_wrapper
  set_model_attn1_patch set_model_attn2_replace set_model_output_block_patch add_patches KSAMPLER callback comfy.sample.sample
  throw_exception_if_processing_interrupted get_filename_list add_model_folder_path load_torch_file PromptServer
  WEB_DIRECTORY`.split(/\s+/);

it('has an entry for each word, with an example after the line it replaces', () => {
  const entries = [...pageText(page).matchAll(/^### (.+)\n([\s\S]*?)(?=^##|$(?![\s\S]))/gm)];
  for (const word of words) expect(entries.filter(([, title = '']) => title.includes(word)).length, word).toBeGreaterThan(0);
  for (const [, title, text] of entries) expect(text?.match(/```ts\n\/\/ .+\n/g), title).toHaveLength(1);
});

it('every example is set up and speaks in one picture without a fault', { timeout: 120_000 }, async () => {
  const modules = fencedBlocks(page, 'ts').map(({ code }) => inSetup(code));
  const examples: ExtensionDefinition[] = [];
  for (const module of modules) examples.push(await loadExample(module));
  const extensions = examples.map((example, index) =>
    inlineExtension(`comfy.example-${index}`, defineExtension(example), { capabilities: ['graph'] }),
  );
  const host = await createTestHost({ extensions });
  try {
    expect(host.extensions().filter(({ state }) => state !== 'active')).toEqual([]);
    const result = await host.txt2img({ prompt: 'a star', seed: 7, steps: 2, width: 64, height: 64 });
    expect(result.faults).toEqual([]);
    expect(result.images[0]?.infotext).toContain('Mine: yes');
    expect(host.faults()).toEqual([]);
  } finally {
    await host.dispose();
  }
});
