import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { hostVersion } from '@armature/core';
import type { BundleShare } from './attribute-bytes.js';
import type { BuildTarget } from './build-request.js';
import type { BuildSource } from './build-sources.js';
import type { ProductFile, ProductFiles } from './product-file.js';

/** One extension of a product. */
export interface ProductExtension extends BundleShare {
  readonly id: string;
  readonly version: string;
  readonly capabilities: readonly string[];
  readonly hooks: readonly string[];
  readonly contributions: readonly string[];
  /** Its browser bundle, when it has one. */
  readonly ui?: { readonly path: string; readonly bytes: number };
}

/** `armature.manifest.json`: what a product is made of. */
export interface ProductManifest {
  readonly format: 1;
  readonly target: BuildTarget;
  /** Version of `@armature/core`. */
  readonly engine: string;
  readonly entry: string;
  readonly extensions: readonly ProductExtension[];
  /** Packages to be installed beside the product, with exact versions. */
  readonly external: Readonly<Record<string, string>>;
  /** Every other file of the product, by path. */
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

export interface DescribedProduct {
  readonly target: BuildTarget;
  readonly entry: string;
  readonly sources: readonly BuildSource[];
  /** In the order of `sources`. */
  readonly shares: readonly BundleShare[];
  readonly external: Readonly<Record<string, string>>;
  readonly files: ProductFiles;
}

/** Writes the manifest of a product; nothing in it depends on when and where it was built. */
export async function describeProduct(product: DescribedProduct): Promise<ProductManifest> {
  const { target, entry, sources, shares, external, files } = product;
  const described = await Promise.all([...files].sort(byName).map(async ([path, file]) => [path, await describe(file)] as const));
  const found = Object.fromEntries(described);
  const extensions = sources.map(({ id, version, ui, manifest, report }, index): ProductExtension => {
    const path = `assets/${id}/ui.js`;
    const share = shares[index] ?? { bytes: 0, sharedBytes: 0, nodeImports: [] };
    const { hooks, contributions } = report;
    const browser = ui === undefined ? {} : { ui: { path, bytes: found[path]?.bytes ?? 0 } };
    return { id, version, capabilities: manifest.capabilities, hooks, contributions, ...share, ...browser };
  });
  return { format: 1, target, engine: hostVersion, entry, extensions, external, files: found };
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** Files are read in parts: a model may be larger than what fits into memory. */
async function describe(file: ProductFile): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const parts = typeof file === 'string' || file instanceof Uint8Array ? [Buffer.from(file)] : createReadStream(file.from);
  for await (const part of parts as AsyncIterable<Uint8Array>) {
    hash.update(part);
    bytes += part.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}
