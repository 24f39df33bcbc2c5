import { openDiffusers } from './diffusers/open-diffusers.js';
import { measureModel } from './measure-model.js';
import { openFile } from './open-file.js';
import { WeightsFile } from './weights-file.js';

/**
 * Opens a safetensors file, one of PyTorch (`.ckpt`, `.pt`, `.pth`, `.bin`; by its first bytes, not its name) or a diffusers folder, and
 * checks its description; tensors are read on demand, and nothing in the file is run.
 * @throws HostError CKPT_NOT_FOUND, CKPT_UNREADABLE, CKPT_EMPTY, CKPT_NOT_SAFETENSORS, CKPT_TRUNCATED, CKPT_HEADER, CKPT_DTYPE,
 * CKPT_PICKLE, CKPT_FOLDER.
 */
export async function openWeights(path: string): Promise<WeightsFile> {
  const size = await measureModel(path);
  if (size?.folder) return openDiffusers(path, size);
  const { file, metadata, tensors } = await openFile(path);
  return new WeightsFile({ path: file.path, files: [file], metadata, tensors, bytes: file.bytes, modified: file.modified });
}
