export { novelAiInfotext } from './novel-ai-infotext.js';
export { parseParameters } from './parse-parameters.js';
export { type PasteInput, pasteInfotext } from './paste-infotext.js';
