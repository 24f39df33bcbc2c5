import { stat } from 'node:fs/promises';
import { modelStem } from './model-stem.js';

/** The webui's picture formats of previews, in its order. */
const formats = ['png', 'jpg', 'jpeg', 'webp', 'gif', 'jxl', 'avif'];

/** The picture beside a model that shows what it does: `name.png` or `name.preview.png`. Undefined: there is none. */
export async function previewBeside(path: string): Promise<string | undefined> {
  const stem = await modelStem(path);
  for (const middle of ['', '.preview']) {
    for (const format of formats) {
      const picture = `${stem}${middle}.${format}`;
      if (picture !== path && (await stat(picture).catch(() => undefined))?.isFile()) return picture;
    }
  }
  return undefined;
}
