import { SourceFile, type SyntaxNode } from './source-file.js';

interface Declared extends SyntaxNode {
  readonly id?: { readonly name: string } | null;
  readonly declarations?: readonly { readonly id: { readonly name: string } }[];
}
interface Specifier {
  readonly exported: { readonly name: string };
  readonly local: { readonly name: string };
  readonly exportKind?: string;
}

const typeNodes = new Set(['TSInterfaceDeclaration', 'TSTypeAliasDeclaration']);

/** What a module exports, types too: name → `value` or `type`. `export *` is followed through the package's own files. */
export function exportedNames(absolute: string): ReadonlyMap<string, 'value' | 'type'> {
  const file = new SourceFile(absolute);
  const names = new Map<string, 'value' | 'type'>();
  const body = file.program.body as readonly SyntaxNode[];
  for (const node of body) {
    const target = file.imports.find(({ specifier }) => specifier === (node.source as { value?: string } | undefined)?.value)?.file;
    if (node.type === 'ExportAllDeclaration' && target) {
      for (const [name, kind] of exportedNames(target)) names.set(name, node.exportKind === 'type' ? 'type' : kind);
    }
    if (node.type !== 'ExportNamedDeclaration') continue;
    for (const { exported, local, exportKind } of node.specifiers as readonly Specifier[]) {
      const typeOnly = node.exportKind === 'type' || exportKind === 'type';
      names.set(exported.name, typeOnly ? 'type' : ((target ? exportedNames(target).get(local.name) : undefined) ?? 'value'));
    }
    for (const name of declaredNames(node.declaration as Declared | null)) {
      names.set(name, typeNodes.has((node.declaration as Declared).type) ? 'type' : 'value');
    }
  }
  return names;
}

function declaredNames(declaration: Declared | null): readonly string[] {
  if (!declaration) return [];
  if (declaration.declarations) return declaration.declarations.map(({ id }) => id.name);
  return declaration.id ? [declaration.id.name] : [];
}
