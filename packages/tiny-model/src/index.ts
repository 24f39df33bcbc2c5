export { tinyModelDefaults } from './tiny-model-defaults.js';
export { tinyModelFolder } from './tiny-model-folder.js';
