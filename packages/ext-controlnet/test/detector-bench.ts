import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Host } from '@armature/core';
import { isHostError, Raster, SESSIONS, type SessionsApi, WEIGHTS, type WeightsApi } from '@armature/sdk';
import { createTestHost, inlineExtension } from '@armature/testing';
import { tinyModelFolder } from '@armature/tiny-model';
import manifest from '../package.json' with { type: 'json' };
import controlnet from '../src/index.js';
import { noise } from './noise.js';

const extension = { manifest: { name: manifest.name, version: manifest.version, ...manifest.armature } as never, definition: controlnet };
const size = { width: 128, height: 64 } as const;

/** A host with the extension, and a folder of its own for networks of preprocessors. */
export class DetectorBench {
  /** What PyTorch makes of random weights, written by `tools/control/detectors_oracle.py`. */
  static readonly oracle = fileURLToPath(new URL('detectors', import.meta.url));
  readonly picture = new Raster(
    noise(size.width * size.height * 3, 3).map((value) => Math.floor(value * 256)),
    { ...size, channels: 3 },
  );
  readonly host: Host;
  readonly sessions: SessionsApi;
  readonly weights: WeightsApi;
  readonly folder: string;
  readonly #root: string;

  private constructor(root: string, host: Host, tokens: readonly [SessionsApi, WeightsApi]) {
    this.#root = root;
    this.folder = join(root, 'ControlNetPreprocessor');
    this.host = host;
    [this.sessions, this.weights] = tokens;
  }

  static async open(): Promise<DetectorBench> {
    const root = await mkdtemp(join(tmpdir(), 'armature-detectors-'));
    const tokens: [SessionsApi, WeightsApi][] = [];
    const watcher = inlineExtension('test.tokens', { setup: ({ use }) => void tokens.push([use(SESSIONS), use(WEIGHTS)]) });
    const host = await createTestHost({ models: [root, tinyModelFolder], extensions: [extension, watcher] });
    return new DetectorBench(root, host, tokens[0]!);
  }

  async close(): Promise<void> {
    await this.host.dispose();
    await rm(this.#root, { recursive: true, force: true });
  }

  /** Empties the folder. */
  async clear(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await mkdir(this.folder);
    await this.host.refresh();
  }

  async put(name: string, bytes: Uint8Array | string): Promise<void> {
    await writeFile(join(this.folder, name), bytes);
    await this.host.refresh();
  }

  /** The map of the picture at its own size. */
  async map(module: string, args: Readonly<Record<string, number>> = {}): Promise<Raster> {
    return this.host.preprocess({ module, image: this.picture, args: { resolution: size.height, ...args } });
  }

  /** The first channel of the map. */
  async levels(module: string): Promise<readonly number[]> {
    const map = await this.map(module);
    if (map.width !== size.width || map.height !== size.height) throw new RangeError(`${module} made ${map.width}×${map.height} pixels`);
    return [...map.toBytes()].filter((_, at) => at % 3 === 0);
  }

  /** Code and message of what `work` throws. */
  async refusal(work: Promise<unknown>): Promise<string> {
    return work.then(
      () => 'done',
      (error: unknown) => (isHostError(error) ? `${error.code} ${error.message}` : String(error)),
    );
  }

  /** kernel · ((picture − mean) / std), a value for each pixel. */
  answer(kernel: readonly number[], mean: readonly number[], std: readonly number[]): number[] {
    const bytes = this.picture.toBytes();
    return Array.from({ length: size.width * size.height }, (_, at) =>
      kernel.reduce((sum, weight, c) => sum + weight * ((bytes[at * 3 + c]! - mean[c]!) / std[c]!), 0),
    );
  }
}
