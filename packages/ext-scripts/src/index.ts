import { CATALOGUE, defineExtension, type ExtensionDefinition, IMAGES, Stage } from '@armature/sdk';
import { type AlternativeDesk, inversionNames } from './alternative/alternative-desk.js';
import { img2imgAlternative } from './alternative/img2img-alternative.js';
import { Inversion } from './alternative/inversion.js';
import { replacedNoise } from './alternative/replaced-noise.js';
import { loopback } from './loopback.js';
import { outpaintingMk2 } from './outpainting-mk2.js';
import { poorMansOutpainting } from './poor-mans-outpainting.js';
import { promptMatrix } from './prompt-matrix.js';
import { promptsFromFile } from './prompts-from-file.js';
import { sdUpscale } from './sd-upscale.js';
import { xyzPlot } from './xyz/xyz-plot.js';

/** The webui's selectable scripts. Typed without its schemas, so that who imports it needs no zod. */
const scripts: ExtensionDefinition = defineExtension({
  setup({ contribute, hooks, use }) {
    const images = use(IMAGES);
    contribute.script(promptMatrix(images));
    contribute.script(promptsFromFile);
    for (const plot of xyzPlot(images, use(CATALOGUE))) contribute.script(plot);
    contribute.script(loopback(images));
    contribute.script(sdUpscale);
    contribute.script(poorMansOutpainting);
    contribute.script(outpaintingMk2(images));

    const desk: AlternativeDesk = { sought: new Map(), given: new WeakMap() };
    const inversion = new Inversion();
    contribute.script(img2imgAlternative(desk));
    contribute.sampler(inversion.sampler(inversionNames.plain, false));
    contribute.sampler(inversion.sampler(inversionNames.adjusted, true));
    hooks.sampling.done.tap(
      (latent, { job }) => {
        const image = job.request.init?.images[0];
        if (image && desk.sought.has(image)) desk.sought.set(image, inversion.find(latent));
      },
      { stage: Stage.First },
    );
    hooks.sampling.noise.tap((noise, { job, purpose }) => {
      const image = job.request.init?.images[0];
      const found = image && desk.given.get(image);
      if (found && purpose === 'initial' && noise.sameShape(found.noise)) return replacedNoise(noise, found);
      return undefined;
    });
  },
});

export default scripts;
