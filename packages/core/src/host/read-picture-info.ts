import type { PictureInfo } from '../api/index.js';
import type { Generation } from '../generation/index.js';
import { readPictureText } from '../image/index.js';
import { novelAiInfotext } from '../paste/index.js';

/** Size and texts of a picture; those of NovelAI as a parameters text. @throws HostError IMAGE_INVALID */
export async function readPictureInfo(registry: Generation['registry'], bytes: Uint8Array, name?: string): Promise<PictureInfo> {
  const text = await readPictureText(bytes, { name });
  const samplers = registry.list('sampler').map((entry) => entry.value);
  return { ...text, parameters: novelAiInfotext(text, samplers) ?? text.parameters };
}
