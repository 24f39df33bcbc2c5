import { HostError } from '@armature/sdk/host';
import type { Generation } from '../generation/index.js';

/** Finds an extension's route and lets it answer; undefined: there is none. @throws HostError EXT_CONTRIBUTION_THREW */
export async function answerRoute(registry: Generation['registry'], request: Request): Promise<Response | undefined> {
  const path = new URL(request.url).pathname;
  for (const { owner, value } of registry.list('route')) {
    const params = paramsOf(value.name, request.method, path);
    if (!params) continue;
    const response: unknown = await value.handle(request, params);
    if (response instanceof Response) return response;
    const problem = `it gave ${String(response)}, not a Response`;
    throw new HostError('EXT_CONTRIBUTION_THREW', { extension: owner, kind: 'route', name: value.name, problem });
  }
  return undefined;
}

/** The parts after colons when a request is meant. */
function paramsOf(route: string, method: string, path: string): Readonly<Record<string, string>> | undefined {
  const [verb, pattern = ''] = route.split(/\s+/, 2);
  if (verb?.toUpperCase() !== method) return undefined;
  const wanted = pattern.split('/');
  const found = path.split('/');
  if (wanted.length !== found.length) return undefined;
  const params: [string, string][] = [];
  for (const [at, part] of wanted.entries()) {
    const seen = found[at] ?? '';
    if (part.startsWith(':') && seen !== '') params.push([part.slice(1), decoded(seen)]);
    else if (part !== seen) return undefined;
  }
  return Object.fromEntries(params);
}

/** What is not rightly encoded stays as it was sent. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
