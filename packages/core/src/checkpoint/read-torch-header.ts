import { readTorchLegacy } from './pickle/read-torch-legacy.js';
import { readTorchZip } from './pickle/read-torch-zip.js';
import { torchHeader } from './pickle/torch-header.js';
import type { ZipSource } from './pickle/zip-entries.js';
import type { SafetensorsHeader } from './safetensors-header.js';

/**
 * Whether a file begins as torch.save writes it: a zip, or a pickle. The length that a safetensors file begins with may look like
 * a pickle's first bytes; its description, JSON, follows as the ninth.
 */
export function isTorchStart(start: Uint8Array): boolean {
  if (start[8] === 0x7b) return false;
  const zip = start[0] === 0x50 && start[1] === 0x4b && start[2] === 3 && start[3] === 4;
  return zip || (start[0] === 0x80 && (start[1] as number) >= 2 && (start[1] as number) <= 5);
}

/**
 * Reads where the tensors of a PyTorch file lie, without running anything it says.
 * @throws HostError CKPT_PICKLE, CKPT_TRUNCATED, CKPT_DTYPE
 */
export async function readTorchHeader(source: ZipSource, start: Uint8Array): Promise<SafetensorsHeader> {
  const file = await (start[0] === 0x50 ? readTorchZip : readTorchLegacy)(source);
  return torchHeader(source.path, file);
}
