import { defineScript, field, type GenerationRequest, type InitRequest, Raster, type ScriptFields, type ScriptScope } from '@armature/sdk';
import { type AlternativeDesk, inversionNames } from './alternative-desk.js';
import type { Inverted } from './inversion.js';

type AlternativeScope = ScriptScope<{
  readonly originalPrompt: string;
  readonly originalNegativePrompt: string;
  readonly decodeSteps: number;
  readonly decodeCfg: number;
  readonly randomness: number;
  readonly sigmaAdjustment: boolean;
}>;

/** The given picture turned back into noise, and another picture made of that (`img2imgalt.py`). */
export const img2imgAlternative = (desk: AlternativeDesk) =>
  defineScript({
    name: 'img2img alternative test',
    tabs: ['img2img'],
    args: {
      // The page's words stand here; they change nothing.
      note: field.json().label(''),
      overrideSampler: field.boolean(true).label('Override `Sampling method` to Euler?(this method is built for it)'),
      overridePrompt: field.boolean(true).label('Override `prompt` to the same value as `original prompt`?(and `negative prompt`)'),
      originalPrompt: field.text().label('Original prompt'),
      originalNegativePrompt: field.text().label('Original negative prompt'),
      overrideSteps: field.boolean(true).label('Override `Sampling Steps` to the same value as `Decode steps`?'),
      decodeSteps: field.integer(50, { min: 1, max: 150, step: 1 }).label('Decode steps'),
      overrideStrength: field.boolean(true).label('Override `Denoising strength` to 1?'),
      decodeCfg: field.number(1, { min: 0, max: 15, step: 0.1 }).label('Decode CFG scale'),
      randomness: field.number(0, { min: 0, max: 1, step: 0.01 }).label('Randomness'),
      sigmaAdjustment: field.boolean().label('Sigma adjustment for finding noise for image'),
    },
    async run(scope) {
      const { args } = scope;
      const { request } = scope.job;
      const init = request.init as InitRequest;
      scope.plan(2);
      const found = await invert(desk, scope, init);
      if (!found) return { images: [] };
      const images = init.images.map(copyOf);
      for (const image of images) desk.given.set(image, { ...found, randomness: args.randomness });
      const own: GenerationRequest = {
        ...request,
        ...(args.overrideSampler && { sampler: 'Euler' }),
        ...(args.overridePrompt && { prompt: args.originalPrompt, negativePrompt: args.originalNegativePrompt }),
        ...(args.overrideSteps && { steps: args.decodeSteps }),
        init: { ...init, images, ...(args.overrideStrength && { denoisingStrength: 1 }) },
        settings: { ...request.settings, initial_noise_multiplier: 1 },
      };
      return { images: await scope.run(own, { fields: fieldsOf(scope) }) };
    },
  });

/** A job that ends in noise instead of a picture; what it gives is thrown away. */
async function invert(desk: AlternativeDesk, scope: AlternativeScope, init: InitRequest): Promise<Inverted | undefined> {
  const { args } = scope;
  const { request } = scope.job;
  const images = init.images.map(copyOf);
  const [first] = images as [Raster];
  desk.sought.set(first, undefined);
  try {
    const backwards: GenerationRequest = {
      ...request,
      prompt: args.originalPrompt,
      negativePrompt: args.originalNegativePrompt,
      cfgScale: args.decodeCfg,
      steps: args.decodeSteps,
      sampler: args.sigmaAdjustment ? inversionNames.adjusted : inversionNames.plain,
      scheduler: 'Automatic',
      iterations: 1,
      init: { ...init, images, denoisingStrength: 1, mask: undefined },
      // It begins with the picture itself.
      settings: { ...request.settings, initial_noise_multiplier: 0, img2img_extra_noise: 0 },
    };
    await scope.run(backwards, { save: false });
    return desk.sought.get(first);
  } finally {
    desk.sought.delete(first);
  }
}

const copyOf = (image: Raster): Raster => new Raster(image.toBytes(), image);

function fieldsOf({ args }: AlternativeScope): ScriptFields {
  const broken = (value: number): string => (Number.isInteger(value) ? `${value}.0` : String(value));
  return {
    'Decode prompt': args.originalPrompt,
    'Decode negative prompt': args.originalNegativePrompt,
    'Decode CFG scale': broken(args.decodeCfg),
    'Decode steps': args.decodeSteps,
    Randomness: broken(args.randomness),
    'Sigma Adjustment': args.sigmaAdjustment,
  };
}
