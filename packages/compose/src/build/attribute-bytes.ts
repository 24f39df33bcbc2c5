import { isBuiltin } from 'node:module';
import { relative } from 'node:path';
import type { ProductBundle } from './bundle-product.js';
import { slashed } from './package-map.js';

/** What one extension costs and asks of Node. */
export interface BundleShare {
  /** Bytes of the product that are there for this extension alone. */
  readonly bytes: number;
  /** Bytes it shares with other extensions. */
  readonly sharedBytes: number;
  /** `node:fs`, sorted: what its code and its dependencies import. */
  readonly nodeImports: readonly string[];
}

/** Who a file of the bundle is there for: what only an extension's entry leads to is the extension's. Shares in the order of `entries`. */
export function attributeBytes({ metafile, base }: ProductBundle, entries: readonly string[]): readonly BundleShare[] {
  const { inputs, outputs } = metafile;
  const output = Object.values(outputs)[0];
  const bytesOf = (key: string): number => output?.inputs[key]?.bytesInOutput ?? 0;
  const keys = entries.map((entry) => slashed(relative(base, entry)));
  const isEntry = new Set(keys);
  const reach = (starts: readonly string[], stop: ReadonlySet<string>): ReadonlySet<string> => {
    const seen = new Set<string>();
    const open = [...starts];
    for (let key = open.pop(); key !== undefined; key = open.pop()) {
      if (seen.has(key) || stop.has(key)) continue;
      seen.add(key);
      for (const found of inputs[key]?.imports ?? []) if (!found.external) open.push(found.path);
    }
    return seen;
  };
  const engine = reach(['product:entry'], isEntry);
  const own = keys.map((key) => reach([key], engine));
  return own.map((files, index) => {
    const shared = [...files].filter((key) => own.some((other, at) => at !== index && other.has(key)));
    const all = [...files].reduce((sum, key) => sum + bytesOf(key), 0);
    const sharedBytes = shared.reduce((sum, key) => sum + bytesOf(key), 0);
    const imports = [...files].flatMap((key) => inputs[key]?.imports ?? []).filter(({ external, path }) => external && isBuiltin(path));
    const nodeImports = [...new Set(imports.map(({ path }) => (path.startsWith('node:') ? path : `node:${path}`)))].sort();
    return { bytes: all - sharedBytes, sharedBytes, nodeImports };
  });
}
