import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'vitest/node';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** A node of the syntax tree (ESTree with TypeScript). */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

export interface SourceImport {
  readonly specifier: string;
  /** `import type`, `export type`: gone after compilation. */
  readonly typeOnly: boolean;
  /** Absolute path of the source a relative import means. */
  readonly file: string | undefined;
}

/** One source file, parsed. */
export class SourceFile {
  /** From the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly program: SyntaxNode;

  constructor(absolute: string) {
    this.path = relative(root, absolute);
    this.text = readFileSync(absolute, 'utf8');
    this.program = parseAst(this.text, { lang: absolute.endsWith('.ts') ? 'ts' : 'js' }) as unknown as SyntaxNode;
  }

  get lines(): number {
    return this.text.split('\n').length - (this.text.endsWith('\n') ? 1 : 0);
  }

  lineOf(offset: number): number {
    return this.text.slice(0, offset).split('\n').length;
  }

  get imports(): readonly SourceImport[] {
    const found: SourceImport[] = [];
    visit(this.program, (node) => {
      const source = node.source as { readonly value?: unknown } | null | undefined;
      if (!/^(Import|ExportNamed|ExportAll)/.test(node.type) || typeof source?.value !== 'string') return;
      const specifier = source.value;
      const typeOnly = node.importKind === 'type' || node.exportKind === 'type';
      const file = specifier.startsWith('.') ? resolve(root, dirname(this.path), specifier.replace(/\.js$/, '.ts')) : undefined;
      found.push({ specifier, typeOnly, file });
    });
    return found;
  }
}

/** Every node, parents first. */
export function visit(node: SyntaxNode, look: (node: SyntaxNode) => void): void {
  look(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === 'object' && child !== null && typeof (child as SyntaxNode).type === 'string') visit(child as SyntaxNode, look);
    }
  }
}

/** Source files below a folder, without what is built or installed. */
export function sourceFiles(folder: string): readonly SourceFile[] {
  const absolute = join(root, folder);
  if (!statSync(absolute, { throwIfNoEntry: false })) return [];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /\.[jt]s$/.test(entry.name) && !/(^|\/)(node_modules|dist)(\/|$)/.test(relative(root, entry.parentPath)),
    )
    .map((entry) => new SourceFile(join(entry.parentPath, entry.name)));
}

export const subfolders = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
