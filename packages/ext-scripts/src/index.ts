import { CATALOGUE, defineExtension, type ExtensionDefinition, IMAGES } from '@armature/sdk';
import { loopback } from './loopback.js';
import { poorMansOutpainting } from './poor-mans-outpainting.js';
import { promptMatrix } from './prompt-matrix.js';
import { promptsFromFile } from './prompts-from-file.js';
import { sdUpscale } from './sd-upscale.js';
import { xyzPlot } from './xyz/xyz-plot.js';

/** The webui's selectable scripts. Typed without its schemas, so that who imports it needs no zod. */
const scripts: ExtensionDefinition = defineExtension({
  setup({ contribute, use }) {
    const images = use(IMAGES);
    contribute.script(promptMatrix(images));
    contribute.script(promptsFromFile);
    for (const plot of xyzPlot(images, use(CATALOGUE))) contribute.script(plot);
    contribute.script(loopback(images));
    contribute.script(sdUpscale);
    contribute.script(poorMansOutpainting);
  },
});

export default scripts;
