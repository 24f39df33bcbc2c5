import { type FencedBlock, fencedBlocks } from './fenced-blocks.js';

export interface ShellLine {
  readonly page: string;
  /** Without its comment. */
  readonly text: string;
  /** Words behind `armature`; undefined: another program. */
  readonly words: readonly string[] | undefined;
}

/** The commands of a page's shell blocks. */
export function shellLines(page: string): readonly ShellLine[] {
  return fencedBlocks(page, 'sh').flatMap(({ code }: FencedBlock) =>
    code
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+# .*$/, '').trim())
      .map((text) => ({ page, text, words: wordsOf(text) })),
  );
}

/** A blank within quotation marks is part of its word. */
function wordsOf(text: string): readonly string[] | undefined {
  const command = /^(?:npx )?armature (.+)$/.exec(text)?.[1];
  return command?.match(/(?:[^\s"]|"[^"]*")+/g)?.map((word) => word.replaceAll('"', ''));
}
