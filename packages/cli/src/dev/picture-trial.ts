import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng, type GenerationResult, type Host, type RequestInput } from '@armature/core';
import type { Raster } from '@armature/sdk';
import { compareRasters, type RasterComparison } from '../commands/compare-rasters.js';

export interface Trial {
  readonly result: GenerationResult;
  readonly path: string;
  /** How far the picture is from the one before it; undefined for the first. */
  readonly change: RasterComparison | undefined;
}

/** Makes the author's picture after each swap and keeps it as `dev.png`. A trial that is overtaken is cancelled. */
export class PictureTrial {
  readonly #host: Host;
  readonly #folder: string;
  #last: Raster | undefined;
  #controller = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  /** `folder`: where the picture goes; made when missing. */
  constructor(host: Host, folder: string) {
    this.#host = host;
    this.#folder = folder;
  }

  /** @returns undefined when it was overtaken or stopped. @throws HostError */
  async make(request: RequestInput): Promise<Trial | undefined> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#controller.abort();
    this.#controller = controller;
    await this.#running;
    if (signal.aborted) return undefined;
    const trial = this.#host.txt2img(request, { signal }).then((result) => this.#keep(result));
    this.#running = trial.catch(() => undefined);
    return trial;
  }

  /** Cancels what runs and waits for its end. */
  async stop(): Promise<void> {
    this.#controller.abort();
    await this.#running;
  }

  async #keep(result: GenerationResult): Promise<Trial | undefined> {
    const [picture] = result.images;
    if (result.status === 'cancelled' || !picture) return undefined;
    const path = join(this.#folder, 'dev.png');
    await mkdir(this.#folder, { recursive: true });
    const draft = `${path}.${randomUUID()}.tmp`;
    try {
      await writeFile(draft, await encodePng(picture.image, { parameters: picture.infotext }));
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
    const last = this.#last;
    this.#last = picture.image;
    return { result, path, change: last && (await compareRasters(last, picture.image)) };
  }
}
