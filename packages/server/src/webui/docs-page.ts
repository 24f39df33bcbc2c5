import type { OpenApiDocument } from './open-api-document.js';

const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const safe = (text: string): string => text.replace(/[&<>"]/g, (mark) => marks[mark] as string);

/** All routes on one page without scripts, so that it works under the strictest policy and without a network. */
export function docsPage({ info, paths }: OpenApiDocument): string {
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) =>
        `<details><summary><b>${safe(method.toUpperCase())}</b> ${safe(path)}</summary><pre>${safe(JSON.stringify(operation, undefined, 2))}</pre></details>`,
    ),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${safe(info.title)} API</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{overflow:auto;background:#f4f4f4;padding:1rem}</style>
<h1>${safe(info.title)} ${safe(info.version)}</h1>
<p>${entries.length} routes. The same as a document: <a href="openapi.json">openapi.json</a></p>
${entries.join('\n')}
</html>
`;
}
