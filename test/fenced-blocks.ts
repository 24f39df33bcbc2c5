import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './source-file.js';

/** A fenced block of a page. */
export interface FencedBlock {
  /** From the repository's root. */
  readonly page: string;
  /** What stands behind the fence; empty for a picture of text. */
  readonly language: string;
  readonly code: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
}

/** Every page an author reads: the guides, and what stands beside packages and examples. */
export function documentationPages(): readonly string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' }).map((file) => `docs/${file.replaceAll('\\', '/')}`);
  const readmes = ['packages', 'examples'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: false, encoding: 'utf8' })
      .filter((name) => readdirSync(join(root, folder, name)).includes('README.md'))
      .map((name) => `${folder}/${name}/README.md`),
  );
  return ['README.md', 'ARCHITECTURE.md', ...docs.filter((file) => file.endsWith('.md')).sort(), ...readmes];
}

export const pageText = (page: string): string => readFileSync(join(root, page), 'utf8');

/** The blocks of a page, those of one language when it is named. */
export function fencedBlocks(page: string, language?: string): readonly FencedBlock[] {
  const text = pageText(page);
  const blocks = [...text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(({ 1: word = '', 2: code = '', index }) => ({
    page,
    language: word,
    code,
    line: text.slice(0, index).split('\n').length,
  }));
  return language === undefined ? blocks : blocks.filter((block) => block.language === language);
}
