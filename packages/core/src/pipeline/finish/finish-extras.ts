import type { GeneratedImage } from '../../api/index.js';
import type { Engine } from '../engine.js';
import type { Run } from '../run.js';
import { imageScope } from './image-scope.js';

/** Pictures that extensions put behind the results of a job. They have no parameters and are not saved. */
export async function finishExtras(engine: Engine, run: Run): Promise<readonly GeneratedImage[]> {
  const { extras } = engine.generation.hooks.image;
  if (!extras.tapped) return [];
  const { seed, subseed, prompt, negativePrompt } = imageScope(run, 0);
  const images = await extras.transform([], run.model.scope);
  return images.map((image) =>
    Object.freeze({ kind: 'extra', image, infotext: '', parameters: new Map(), seed, subseed, prompt, negativePrompt, path: undefined }),
  );
}
