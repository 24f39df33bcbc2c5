export { novelAiInfotext } from './novel-ai-infotext.js';
export { parseParameters } from './parse-parameters.js';
export { type PasteInput, pasteInfotext, readParameters } from './paste-infotext.js';
