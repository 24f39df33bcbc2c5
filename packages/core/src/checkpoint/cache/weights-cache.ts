import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isHostError, type Logger } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { openWeights } from '../open-weights.js';
import type { WeightsFile } from '../weights-file.js';
import { CopyFolder } from './copy-folder.js';
import { WideCopy } from './wide-copy.js';
import { isNarrow, wideLayout } from './wide-layout.js';
import { WriteLock } from './write-lock.js';
import { writeWideCopy } from './write-wide-copy.js';

export interface WeightsCacheOptions {
  /** Made when it is first needed. */
  readonly folder: string;
  readonly limitBytes: number;
  /** Files below it are not worth a copy. */
  readonly smallestBytes: number;
  readonly log: Logger;
}

/** A copy, and the file it was made of. */
export interface CachedWeights {
  readonly path: string;
  /** Real path of the weights file; empty when the copy cannot be read. */
  readonly source: string;
  readonly bytes: number;
  readonly used: Date;
}

/** How long to wait between two looks at what another process writes. */
const LOOK_MS = 200;

/**
 * Float32 copies of weights files, one for each state of a file, which sessions map in place of folding casts. It is a cache:
 * where it cannot be had, the answer is undefined and the log says why.
 */
export class WeightsCache {
  readonly #options: WeightsCacheOptions;
  readonly #folder: CopyFolder;
  /** States of files that got no copy: each of a model's networks would try again. */
  readonly #refused = new Set<string>();
  readonly #running = new Map<string, Promise<WideCopy | undefined>>();

  constructor(options: WeightsCacheOptions) {
    this.#options = options;
    this.#folder = new CopyFolder(options.folder, options.limitBytes);
  }

  /**
   * The copy of a file, written when there is none yet. undefined: the file is float32 already or small, or there is no room.
   * @throws HostError JOB_CANCELLED, CKPT_CHANGED, CKPT_TRUNCATED
   */
  async copyOf(weights: WeightsFile, signal?: AbortSignal): Promise<WideCopy | undefined> {
    if (weights.byteLength < this.#options.smallestBytes || !isNarrow(weights.spans())) return undefined;
    if (this.#refused.has(weights.weightsId)) return undefined;
    for (;;) {
      const known = this.#running.get(weights.weightsId);
      const work = known ?? this.#begin(weights, signal);
      try {
        return await work;
      } catch (error) {
        // Another job began it and was cancelled; ours was not.
        if (known && isHostError(error) && error.code === 'JOB_CANCELLED' && !signal?.aborted) continue;
        throw error;
      }
    }
  }

  /** Least recently used first. */
  async list(): Promise<readonly CachedWeights[]> {
    const copies = await this.#folder.list();
    return Promise.all(copies.map(async ({ path, bytes, used }) => ({ path, source: await sourceOf(path), bytes, used: new Date(used) })));
  }

  /** Removes every copy; sessions that read one keep it until they are freed. */
  async clear(): Promise<{ readonly files: number; readonly bytes: number }> {
    this.#refused.clear();
    const gone = await this.#folder.clear();
    return { files: gone.length, bytes: gone.reduce((sum, copy) => sum + copy.bytes, 0) };
  }

  #begin(weights: WeightsFile, signal: AbortSignal | undefined): Promise<WideCopy | undefined> {
    const work = this.#obtain(weights, signal)
      .catch((error: unknown) => {
        if (isHostError(error)) throw error;
        this.#refused.add(weights.weightsId);
        this.#options.log.warn(`${weights.path} is used without the weights cache: ${String(error)}`);
        return undefined;
      })
      .finally(() => this.#running.delete(weights.weightsId));
    this.#running.set(weights.weightsId, work);
    return work;
  }

  async #obtain(weights: WeightsFile, signal: AbortSignal | undefined): Promise<WideCopy | undefined> {
    const path = this.#folder.fileOf(weights.weightsId);
    for (;;) {
      const found = await openCopy(path, weights);
      if (found) {
        await this.#folder.touch(path);
        return found;
      }
      if (signal?.aborted) throw new HostError('JOB_CANCELLED');
      await mkdir(this.#options.folder, { recursive: true });
      const lock = await WriteLock.take(`${path}.lock`);
      if (!lock) {
        await sleep(LOOK_MS);
        continue;
      }
      try {
        // Whoever held the lock may have written it in the meantime.
        const written = (await openCopy(path, weights)) ?? (await this.#write(weights, path, { lock, signal }));
        return written;
      } finally {
        await lock.release();
      }
    }
  }

  async #write(
    weights: WeightsFile,
    path: string,
    { lock, signal }: { readonly lock: WriteLock; readonly signal: AbortSignal | undefined },
  ): Promise<WideCopy | undefined> {
    const layout = wideLayout(weights.spans(), { source: weights.path, weights: weights.weightsId });
    const problem = await this.#folder.makeRoom(layout.byteLength);
    if (problem) throw new Error(problem);
    const part = `${path}.${process.pid}-${randomBytes(4).toString('hex')}.part`;
    const start = performance.now();
    try {
      await writeWideCopy(weights, layout, part, { signal, beat: () => lock.beat() });
      await rename(part, path);
    } catch (error) {
      await rm(part, { force: true }).catch(() => undefined);
      throw error;
    }
    this.#options.log.info(
      `${weights.path} was copied as float32 for the weights cache (${Math.round(layout.byteLength / 2 ** 20)} MiB, ${((performance.now() - start) / 1000).toFixed(1)} s)`,
    );
    return openCopy(path, weights);
  }
}

/** undefined: there is none, or it is not whole. */
async function openCopy(path: string, weights: WeightsFile): Promise<WideCopy | undefined> {
  const copy = await openWeights(path).catch(() => undefined);
  if (!copy) return undefined;
  await copy.close();
  if (copy.metadata.get('weights') !== weights.weightsId) return undefined;
  const pairs = [...copy.spans()].flatMap((to) => {
    const from = weights.entry(to.key);
    return from ? [[{ ...from, path: weights.pathOf(from) }, from.dtype, to] as const] : [];
  });
  return new WideCopy(copy.path, pairs);
}

async function sourceOf(path: string): Promise<string> {
  const copy = await openWeights(path).catch(() => undefined);
  await copy?.close();
  return copy?.metadata.get('source') ?? '';
}
