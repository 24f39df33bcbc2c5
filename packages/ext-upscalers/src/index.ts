import { CATALOGUE, defineExtension, type ExtensionDefinition, field, SESSIONS, WEIGHTS } from '@armature/sdk';
import { fileUpscaler } from './file-upscaler.js';
import { upscalerFolders } from './upscaler-folders.js';

const options = {
  tile: field.integer(192, { min: 0, max: 4096 }).label('Pixels on each side of a tile; 0: the whole picture at once'),
  overlap: field.integer(8, { min: 0, max: 512 }).label('Pixels that neighbouring tiles share'),
};

/** The upscalers' folders: every file is an upscaler under its name. */
const upscalers: ExtensionDefinition<typeof options> = defineExtension({
  options,
  async setup({ contribute, use, options: { tile, overlap } }) {
    const catalogue = use(CATALOGUE);
    const parts = { sessions: use(SESSIONS), weights: use(WEIGHTS), tiles: { tile, overlap: Math.min(overlap, Math.max(0, tile - 1)) } };
    for (const folder of upscalerFolders) {
      contribute.modelFolder(folder);
      for (const entry of await catalogue.list(folder.name)) contribute.upscaler(fileUpscaler(entry, folder, parts));
    }
  },
});

export default upscalers;
