import { fileURLToPath } from 'node:url';

/** Absolute path of the embedded model root, laid out like the webui's `models/` folder. */
export const tinyModelFolder: string = fileURLToPath(new URL('../models', import.meta.url));
