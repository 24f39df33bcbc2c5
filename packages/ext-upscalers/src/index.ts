import { CATALOGUE, defineExtension, type ExtensionDefinition, SESSIONS, WEIGHTS } from '@armature/sdk';
import { fileUpscaler } from './file-upscaler.js';
import { tileSettings } from './tile-settings.js';
import { upscalerFolders } from './upscaler-folders.js';

/** The upscalers' folders: every file is an upscaler under its name. Typed without its schemas, so that who imports it needs no zod. */
const upscalers: ExtensionDefinition = defineExtension({
  setup({ contribute, use }) {
    const catalogue = use(CATALOGUE);
    const parts = { sessions: use(SESSIONS), weights: use(WEIGHTS) };
    for (const setting of tileSettings) contribute.setting(setting);
    for (const folder of upscalerFolders) {
      contribute.modelFolder(folder);
      contribute.upscalerSource({
        name: folder.name,
        list: async () => (await catalogue.list(folder.name)).map((entry) => fileUpscaler(entry, folder, parts)),
      });
    }
  },
});

export default upscalers;
