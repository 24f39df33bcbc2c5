import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { documentationPages, pageText } from './fenced-blocks.js';
import { root } from './source-file.js';

const pages = documentationPages();
const withoutBlocks = (text: string): string => text.replace(/^```[\s\S]*?^```$/gm, '');

/** The ids a page's headings have on the web: small letters, hyphens for blanks, nothing else. */
const anchorsOf = (page: string): readonly string[] =>
  [...withoutBlocks(pageText(page)).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

it.each(pages)('the links of %s lead somewhere', (page) => {
  const links = [...withoutBlocks(pageText(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const dead = links.filter((link) => {
    if (/^https?:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : normalize(join(dirname(page), path));
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && !(target.endsWith('.md') && anchorsOf(target).includes(anchor));
  });
  expect(dead).toEqual([]);
});

it('the index names every page of the folder', () => {
  const index = pageText('docs/README.md');
  const named = [...index.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link = '']) => normalize(join('docs', link)));
  const missing = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md' && !named.includes(page));
  expect(missing).toEqual([]);
});
