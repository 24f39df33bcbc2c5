import type { Catalogue } from '../checkpoint/index.js';
import { type PromptStyle, readStyles } from '../prompt/index.js';

/** The styles files beside the model folders, as they are now. @throws HostError STYLES_INVALID */
export async function readAllStyles(catalogue: Catalogue): Promise<readonly PromptStyle[]> {
  const files = await catalogue.filesBeside('styles.csv');
  return (await Promise.all(files.map(readStyles))).flat();
}
