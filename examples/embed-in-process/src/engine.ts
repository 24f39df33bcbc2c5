import type * as core from '@armature/core';
import { isHostError } from '@armature/sdk';

/** What the application sends. */
export type Order = { readonly make: core.RequestInput; readonly job: number } | { readonly cancel: number } | 'close';

/** What comes back. `png` is missing when the job was cancelled. */
export type Answer =
  | { readonly ready: readonly string[] }
  | { readonly job: number; readonly fraction: number }
  | { readonly job: number; readonly png: Uint8Array | undefined; readonly infotext: string }
  | { readonly job: number; readonly error: string };

// What `armature build --target module` wrote. In Electron: utilityProcess.fork(), and process.parentPort for process.
const { createHost, encodePng } = (await import(process.argv[2] ?? '')) as typeof core;
const host = await createHost({ data: process.argv[3] ?? '' });
const running = new Map<number, AbortController>();
// When the application is gone, what was meant for it is lost.
const send = (answer: Answer): void => void process.send?.(answer, undefined, {}, () => undefined);

async function make(job: number, request: core.RequestInput): Promise<void> {
  const cancel = new AbortController();
  running.set(job, cancel);
  try {
    const onProgress = ({ fraction }: core.JobProgress): void => send({ job, fraction });
    const { images } = await host.txt2img(request, { signal: cancel.signal, onProgress });
    const [{ image, infotext } = { image: undefined, infotext: '' }] = images;
    send({ job, infotext, png: image && (await encodePng(image, { parameters: infotext })) });
  } catch (error) {
    send({ job, error: isHostError(error) ? `${error.code}: ${error.message}` : String(error) });
  } finally {
    running.delete(job);
  }
}

process.on('message', (order: Order) => {
  if (order === 'close') void host.dispose().then(() => process.disconnect());
  else if ('make' in order) void make(order.job, order.make);
  else running.get(order.cancel)?.abort();
});
// An application that crashed says nothing more.
process.on('disconnect', () => void host.dispose());
send({ ready: host.extensions().map(({ id, state }) => `${id} ${state}`) });
