import type { GenerationTab } from './generation-fields.js';

/** Scripts that are part of the webui itself and that a client's user picks one of. */
const selectable: Readonly<Record<GenerationTab, readonly string[]>> = {
  txt2img: ['prompt matrix', 'prompts from file or textbox', 'x/y/z plot', 'custom code'],
  img2img: [
    'img2img alternative test',
    'loopback',
    'outpainting mk2',
    "poor man's outpainting",
    'prompt matrix',
    'prompts from file or textbox',
    'sd upscale',
    'x/y/z plot',
    'custom code',
  ],
};

/**
 * Scripts that are part of the webui's pages. Clients may name them; their values are fields of the request, so that, as in the
 * webui's API, what stands under `alwayson_scripts` changes nothing. `comments` has no values.
 */
const pageScripts: ReadonlySet<string> = new Set(['extra options', 'refiner', 'sampler', 'seed', 'comments']);

export const isSelectableScript = (tab: GenerationTab, title: string): boolean => selectable[tab].includes(title.toLowerCase());

export const isPageScript = (title: string): boolean => pageScripts.has(title.toLowerCase());
