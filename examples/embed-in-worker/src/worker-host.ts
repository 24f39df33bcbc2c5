import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { RequestInput } from '@armature/core';
import type { Answer, Order, WorkerConfig } from './messages.js';

export type MadePicture = Exclude<Answer, { error: string }>;

/** A host in a worker thread. Each has its own extensions, settings, sessions and runtime. */
export class WorkerHost {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { readonly done: (made: MadePicture) => void; readonly fail: (error: Error) => void }>();
  #jobs = 0;

  constructor(config: WorkerConfig) {
    // A library in a thread sees the environment of the process: without this ONNX Runtime would report to its maker.
    process.env.ORT_DISABLE_TELEMETRY ??= '1';
    this.#worker = new Worker(new URL('../dist/worker.js', import.meta.url), { workerData: config });
    this.#worker.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.job);
      this.#waiting.delete(answer.job);
      if ('error' in answer) waiting?.fail(new Error(answer.error));
      else waiting?.done(answer);
    });
    this.#worker.on('error', (error) => {
      for (const { fail } of this.#waiting.values()) fail(error as Error);
    });
  }

  txt2img(request: RequestInput): Promise<MadePicture> {
    const job = this.#jobs++;
    return new Promise((done, fail) => {
      this.#waiting.set(job, { done, fail });
      this.#worker.postMessage({ job, request } satisfies Order);
    });
  }

  /** Waits for running jobs to be cancelled; then the thread ends by itself. */
  async close(): Promise<void> {
    const exited = once(this.#worker, 'exit');
    this.#worker.postMessage('close' satisfies Order);
    await exited;
  }
}
