import {
  defineScript,
  field,
  type GenerationRequest,
  type ImagesApi,
  type InitRequest,
  type ScriptComposition,
  type ScriptPicture,
  type ScriptScope,
} from '@armature/sdk';
import { scriptMistake } from './script-mistake.js';

const name = 'Loopback';

interface LoopArgs {
  readonly loops: number;
  readonly finalDenoisingStrength: number;
  readonly curve: 'Aggressive' | 'Linear' | 'Lazy';
}

/** Each result is the next one's start, at a denoising strength that goes from the request's to the final one (`loopback.py`). */
export const loopback = (images: ImagesApi) =>
  defineScript({
    name,
    tabs: ['img2img'],
    args: {
      loops: field.integer(4, { min: 1, max: 32, step: 1 }).label('Loops'),
      finalDenoisingStrength: field.number(0.5, { min: 0, max: 1, step: 0.01 }).label('Final denoising strength'),
      curve: field.choice(['Aggressive', 'Linear', 'Lazy'], 'Linear').label('Denoising strength curve'),
      interrogate: field.choice(['None', 'CLIP', 'DeepBooru']).label('Append interrogated prompt at each iteration'),
    },
    async run(scope) {
      const { loops, interrogate } = scope.args;
      const { request, settings } = scope.job;
      if (interrogate !== 'None') throw scriptMistake(name, 'interrogate', 'is not built; choose None', interrogate);
      scope.plan(loops * request.iterations);
      const { kept, first } = await loop(scope);
      if (!first) return { images: [] };
      // As in the reference every picture has the parameters of the first.
      const pictures = kept.map(({ image }): ScriptComposition => ({ kind: 'picture', image, like: first, save: false }));
      if (kept.length < 2) return { images: pictures };
      const image = await images.grid(
        kept.map((picture) => picture.image),
        { rows: 1, columns: kept.length },
      );
      const grid: ScriptComposition = { kind: 'grid', image, like: first };
      const given = settings.return_grid === false ? pictures : [grid, ...pictures];
      return { images: given, told: given };
    },
  });

interface Looped {
  readonly kept: readonly ScriptPicture[];
  readonly first: ScriptPicture | undefined;
}

/** Several iterations each begin with the given picture and keep their last; one keeps all it makes. */
async function loop(scope: ScriptScope<LoopArgs>): Promise<Looped> {
  const { request } = scope.job;
  const { loops, finalDenoisingStrength, curve } = scope.args;
  const given = request.init as InitRequest;
  const fields = { 'Final denoising strength': finalDenoisingStrength, 'Denoising curve': curve };
  const kept: ScriptPicture[] = [];
  let first: ScriptPicture | undefined;
  let seed = scope.fixSeed(request.seed);
  for (let n = 0; n < request.iterations; n++) {
    let last: ScriptPicture | undefined;
    for (let i = 0; i < loops; i++) {
      const denoisingStrength = i === 0 ? given.denoisingStrength : strengthAt(i, given.denoisingStrength, scope.args);
      const init = last ? { ...continued(given, last), denoisingStrength } : { ...given, denoisingStrength };
      const own: GenerationRequest = { ...request, batchSize: 1, iterations: 1, seed, init: { ...init, images: init.images.slice(0, 1) } };
      const [made] = await scope.run(own, { fields });
      if (!made) return { kept: request.iterations > 1 && last ? [...kept, last] : kept, first };
      first ??= made;
      last = made;
      seed++;
      if (request.iterations === 1) kept.push(made);
    }
    if (request.iterations > 1 && last) kept.push(last);
  }
  return { kept, first };
}

/** What was painted once is no longer masked content of another kind. */
const continued = (given: InitRequest, { image }: ScriptPicture): InitRequest => ({
  ...given,
  images: [image],
  mask: given.mask && { ...given.mask, content: 'original' },
});

function strengthAt(loop: number, initial: number, { loops, finalDenoisingStrength, curve }: LoopArgs): number {
  if (loops === 1) return initial;
  const progress = loop / (loops - 1);
  const share =
    curve === 'Aggressive' ? Math.sin(progress * Math.PI * 0.5) : curve === 'Lazy' ? 1 - Math.cos(progress * Math.PI * 0.5) : progress;
  return Math.max(0, Math.min(1, initial + (finalDenoisingStrength - initial) * share));
}
