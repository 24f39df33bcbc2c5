export { applyEmphasis } from './apply-emphasis.js';
export { type ClipTokenizer, createClipTokenizer } from './clip-tokenizer.js';
export { type CompileOptions, compilePrompt } from './compile-prompt.js';
export type { Emphasis } from './emphasis.js';
export { emptyChunk } from './empty-chunk.js';
export { extractTags, type PromptTag, type TaggedPrompt } from './extract-tags.js';
export { joinChunks } from './join-chunks.js';
export { parseAttention, type WeightedText } from './parse-attention.js';
