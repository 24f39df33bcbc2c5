import { createHost, RUNTIME, startRuntime } from '@armature/core';
import { tinyModelFolder } from '@armature/tiny-model';

const samplers = ['Euler', 'DPM++ 2M SDE', 'DPM++ 3M SDE', 'UniPC', 'Restart'];
const request = { prompt: 'a red circle on a blue background', negativePrompt: 'blurry', seed: 1, width: 512, height: 512 };

/** A runtime that computes a UNet call of each size once and gives the same answer from then on; `spent` is its own time. */
function rememberingRuntime(runtime) {
  const answers = new Map();
  const spent = { ms: 0, calls: 0 };
  const run = async (session, feeds, options) => {
    if (!('timestep' in feeds)) return runtime.run(session, feeds, options);
    const key = feeds.latent[0].shape.join();
    const start = performance.now();
    if (!answers.has(key)) answers.set(key, await runtime.run(session, feeds, options));
    spent.ms += performance.now() - start;
    spent.calls++;
    return answers.get(key);
  };
  const proxy = new Proxy(runtime, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (name === 'run') return run;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { proxy, spent };
}

/** Between the end of the first and of the last step: what the host does for one network call, ms. */
function outside(marks) {
  const [first, last] = [marks[0], marks.at(-1)];
  return (last.at - first.at - (last.ms - first.ms)) / (last.calls - first.calls);
}

/**
 * What sampling costs beside the network at 512×512: the network's answers are remembered, and its time is that of a call
 * of the full-size UNet. The latent is as large for every SD 1 model, so the tiny one serves.
 */
export async function measureSamplers({ unetSeconds, steps }) {
  const runtime = await startRuntime({});
  const { proxy, spent } = rememberingRuntime(runtime);
  const host = await createHost({ models: [tinyModelFolder], provide: [[RUNTIME, () => async () => proxy]] });
  try {
    await host.txt2img({ ...request, steps: 2 });
    const rows = [];
    for (const sampler of samplers) {
      const marks = [];
      const onProgress = ({ stage, step }) =>
        stage === 'sampling' && step > 0 && step !== marks.at(-1)?.step && marks.push({ step, at: performance.now(), ...spent });
      await host.txt2img({ ...request, sampler, steps }, { onProgress });
      const ms = outside(marks);
      const share = ms / (ms + unetSeconds * 1000);
      rows.push([`${sampler}: outside the network`, `${ms.toFixed(1)} ms a call, ${(share * 100).toFixed(2)} % of it (limit 2 %)`]);
    }
    return rows;
  } finally {
    await host.dispose();
    await runtime.dispose();
  }
}
