import { resolve } from 'node:path';

/**
 * The compiler names files as seen from its working folder, in comments and around CommonJS modules. Gives them names that do not
 * depend on where the build took place.
 */
export function stableNames(code: string, inputs: ReadonlySet<string>, folder: string, nameOf: (path: string) => string): string {
  return code.replace(/^(\/\/ | {2}")([^"\n]+?)(?=$|"\()/gm, (whole, before: string, key: string) =>
    inputs.has(key) ? `${before}${key.startsWith('product:') ? key : nameOf(resolve(folder, key))}` : whole,
  );
}
