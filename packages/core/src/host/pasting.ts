import type { Settings } from '../api/index.js';
import type { Generation } from '../generation/index.js';
import type { PasteInput } from '../paste/index.js';
import type { HostParts } from './host-parts.js';
import { readAllStyles } from './read-all-styles.js';

/** What pasting is given of a host. @throws HostError STYLES_INVALID */
export async function pasting({ catalogue, log }: HostParts, generation: Generation, settings: Settings): Promise<PasteInput> {
  return { generation, catalogue, styles: await readAllStyles(catalogue), settings, log };
}
