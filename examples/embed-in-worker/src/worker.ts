import { parentPort, workerData } from 'node:worker_threads';
import { createHost, RUNTIME, type Runtime, startRuntime } from '@armature/core';
import type { Answer, Order, WorkerConfig } from './messages.js';

const { models, data, isolation } = workerData as WorkerConfig;
// A runtime of the embedder is the embedder's to dispose of, so it is remembered here.
let runtime: Promise<Runtime> | undefined;
const open = (): Promise<Runtime> => {
  runtime ??= startRuntime({ isolation });
  return runtime;
};
const host = await createHost({ models, data, provide: [[RUNTIME, () => open]] });

async function make({ job, request }: Exclude<Order, 'close'>): Promise<void> {
  try {
    const { images } = await host.txt2img(request);
    const [picture] = images;
    if (!picture) throw new Error('the job was cancelled');
    const pixels = picture.image.toBytes();
    const { width, height } = picture.image;
    const answer: Answer = { job, width, height, pixels, infotext: picture.infotext };
    // The bytes are ours alone: they go over without being copied.
    parentPort?.postMessage(answer, [pixels.buffer as ArrayBuffer]);
  } catch (error) {
    parentPort?.postMessage({ job, error: String(error) } satisfies Answer);
  }
}

parentPort?.on('message', async (order: Order) => {
  if (order !== 'close') return make(order);
  await host.dispose();
  await (await runtime)?.dispose();
  // Nothing is left that keeps this thread alive; it is never terminated, for ONNX Runtime does not survive that in mid-step.
  parentPort?.close();
});
