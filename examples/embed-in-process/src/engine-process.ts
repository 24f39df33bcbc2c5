import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { RequestInput } from '@armature/core';
import type { Answer, Order } from './engine.js';

type Made = Extract<Answer, { infotext: string }>;
type Progress = (fraction: number) => void;

/** The application's side of a utility process that has the engine. */
export class EngineProcess {
  readonly child: ChildProcess;
  readonly extensions: readonly string[];
  readonly #waiting = new Map<number, { done(made: Made): void; fail(error: Error): void; onProgress: Progress | undefined }>();
  #jobs = 0;

  private constructor(child: ChildProcess, extensions: readonly string[]) {
    this.child = child;
    this.extensions = extensions;
    child.on('message', (answer: Exclude<Answer, { ready: unknown }>) => {
      const waiting = this.#waiting.get(answer.job);
      if ('fraction' in answer) waiting?.onProgress?.(answer.fraction);
      else this.#waiting.delete(answer.job);
      if ('infotext' in answer) waiting?.done(answer);
      if ('error' in answer) waiting?.fail(new Error(answer.error));
    });
    child.on('exit', () => this.#waiting.forEach(({ fail }) => void fail(new Error('the engine process has ended'))));
  }

  /** Starts the process. `module`: address of the built `index.js`; `data`: folder for caches. */
  static async open(module: string, data: string): Promise<EngineProcess> {
    const entry = fileURLToPath(new URL('../dist/engine.js', import.meta.url));
    const child = fork(entry, [module, data], { serialization: 'advanced', execArgv: [] });
    const ended = once(child, 'exit').then(([code]) => [new Error(`the engine process ended with ${code}`)]);
    const [first] = (await Promise.race([once(child, 'message'), ended])) as [Error | Extract<Answer, { ready: unknown }>];
    if (first instanceof Error) throw first;
    return new EngineProcess(child, first.ready);
  }

  txt2img(request: RequestInput, { signal, onProgress }: { signal?: AbortSignal; onProgress?: Progress } = {}): Promise<Made> {
    const job = this.#jobs++;
    signal?.addEventListener('abort', () => this.#send({ cancel: job }), { once: true });
    return new Promise((done, fail) => {
      this.#waiting.set(job, { done, fail, onProgress });
      this.#send({ make: request, job });
    });
  }

  /** Ends the process in order: running jobs are cancelled, everything is given back. */
  async close(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.#send('close');
    await exited;
  }

  #send(order: Order): void {
    this.child.send(order);
  }
}
