import type { Contributed } from '@armature/core';

/** The parts of an OpenAPI document that are read here. */
export interface OpenApiDocument {
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** The document of the server's own routes, and of those that extensions answer now. */
export function openApiDocument(own: object, routes: readonly Contributed<'route'>[]): OpenApiDocument {
  const document = own as OpenApiDocument;
  const paths: Record<string, Readonly<Record<string, unknown>>> = { ...document.paths };
  for (const { owner, value } of routes) {
    const [method = '', pattern = ''] = value.name.split(/\s+/, 2);
    const names = [...pattern.matchAll(/:([^/]+)/g)].map(([, name]) => name);
    const path = pattern.replaceAll(/:([^/]+)/g, '{$1}');
    const parameters = names.map((name) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
    const operation = { summary: `Of the extension ${owner}`, parameters, responses: { 200: { description: 'Its answer' } } };
    paths[path] = { [method.toLowerCase()]: operation, ...paths[path] };
  }
  return { ...document, paths };
}
