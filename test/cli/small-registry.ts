import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tarBytes } from './tar-bytes.js';

interface Published {
  readonly manifest: { readonly name: string; readonly version: string };
  readonly bytes: Buffer;
}

/** As much of a registry as installing from one takes: what versions there are, and their bytes. */
export class SmallRegistry {
  readonly #packages: Published[] = [];
  readonly #server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    const file = this.#packages.find(({ manifest }) => path === `${manifest.name}/-/${manifest.version}.tgz`);
    const versions = this.#packages.filter(({ manifest }) => manifest.name === path);
    if (file) response.end(file.bytes);
    else if (versions.length > 0)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(this.#packument(path, versions)));
    else response.writeHead(404).end('{}');
  });

  static async open(): Promise<SmallRegistry> {
    const registry = new SmallRegistry();
    await new Promise<void>((done) => registry.#server.listen(0, '127.0.0.1', done));
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  publish(manifest: Published['manifest'] & Readonly<Record<string, unknown>>, files: Readonly<Record<string, string>>): void {
    const inPackage = Object.entries({ 'package.json': JSON.stringify(manifest), ...files });
    const bytes = tarBytes(Object.fromEntries(inPackage.map(([name, text]) => [`package/${name}`, text])));
    this.#packages.push({ manifest, bytes });
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(() => done()));
  }

  #packument(name: string, published: readonly Published[]): object {
    const integrity = (bytes: Buffer): string => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
    const versions = published.map(({ manifest, bytes }) => [
      manifest.version,
      { ...manifest, dist: { tarball: `${this.url}${name}/-/${manifest.version}.tgz`, integrity: integrity(bytes) } },
    ]);
    return { name, 'dist-tags': { latest: published.at(-1)?.manifest.version }, versions: Object.fromEntries(versions) };
  }
}
