import type { Infotext, ScriptComposition, ScriptFields } from '@armature/sdk';
import type { GeneratedImage } from '../../api/index.js';
import { formatInfotext, parseInfotext } from '../../image/index.js';
import type { Engine } from '../engine.js';
import { generated } from '../finish/generated.js';
import { imageScope } from '../finish/image-scope.js';
import { savePicture } from '../finish/save-picture.js';
import type { Run } from '../run.js';
import { scriptField } from './script-field.js';

/** A picture of the script's own → a result, saved where its job saves. @throws HostError OUTPUT_UNWRITABLE, PATH_ESCAPES, JOB_FAULTED */
export async function finishComposition(
  engine: Engine,
  run: Run,
  like: GeneratedImage,
  { kind, image, fields = {}, save = true }: ScriptComposition,
): Promise<GeneratedImage> {
  const infotext = withFields(infotextOf(like), fields);
  const { seed, subseed, prompt, negativePrompt } = like;
  const scope = Object.freeze({ ...imageScope(run, 0), seed, subseed, prompt, negativePrompt });
  const picture = { kind, image, infotext, scope };
  const saves = save && (kind === 'picture' || run.job.settings.grid_save);
  const saved = saves ? await savePicture(engine, run, picture) : { ...picture, path: undefined };
  return generated(saved, scope, { infotext, values: new Map([...like.parameters, ...Object.entries(fields)]) });
}

/** The parameters a composition has, without making a picture of it. */
export const composedText = (like: GeneratedImage, fields: ScriptFields = {}): string =>
  formatInfotext(withFields(infotextOf(like), fields));

/** A prompt may itself look like parameters: then reading its text again would not give the same. */
function infotextOf({ infotext, prompt, negativePrompt }: GeneratedImage): Infotext {
  const read = parseInfotext(infotext);
  return formatInfotext(read) === infotext ? read : { ...read, prompt, negativePrompt };
}

/** Behind everything that made the picture, before what names the program. */
function withFields(infotext: Infotext, fields: ScriptFields): Infotext {
  const own = Object.entries(fields).map(([label, value]) => [label, scriptField(value).text] as const);
  const all = [...infotext.fields];
  const at = all.findIndex(([label]) => label === 'Version');
  const [before, after] = at < 0 ? [all, []] : [all.slice(0, at), all.slice(at)];
  return { ...infotext, fields: new Map([...before, ...own, ...after]) };
}
