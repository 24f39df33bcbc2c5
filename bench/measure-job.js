import { createHost, RUNTIME, startRuntime } from '@armature/core';
import { mebibytes } from './measure-networks.js';
import { watchLoop } from './watch-loop.js';

/** One whole job, twice: the second finds its sessions warm. Reports what the host adds to ONNX Runtime and how long it ever blocks. */
export async function measureJob(models, request) {
  const runtime = await startRuntime({});
  const compute = { ms: 0 };
  const counted = new Proxy(runtime, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'run') return value.bind(target);
      return async (...args) => {
        const result = await target.run(...args);
        compute.ms += result.computeMs;
        return result;
      };
    },
  });
  const host = await createHost({ models: [models], provide: [[RUNTIME, () => async () => counted]] });
  try {
    const watch = watchLoop();
    const cold = await host.txt2img(request);
    const marks = [];
    const onProgress = ({ stage, step }) => stage === 'sampling' && marks.push({ step, at: performance.now(), compute: compute.ms });
    const warm = await host.txt2img(request, { onProgress });
    const loop = watch.stop();
    const memory = await runtime.memory();
    return [
      ['first picture, sessions made', `${cold.seconds.total.toFixed(2)} s`],
      ['second picture, sessions warm', `${warm.seconds.total.toFixed(2)} s`],
      ['share of a step outside ONNX Runtime', `${(outside(marks) * 100).toFixed(2)} %`],
      ['longest slice of the host, CPU time', `${loop.longest.cpu.toFixed(1)} ms (${loop.longest.wall.toFixed(1)} ms of wall time)`],
      ['event loop delay of the host', `p99 ${loop.p99.toFixed(1)} ms, longest ${loop.max.toFixed(1)} ms`],
      ['peak memory of the host process', mebibytes(process.resourceUsage().maxRSS * 1024)],
      ['peak memory of the runtime process', mebibytes(memory.peakRss)],
    ];
  } finally {
    await host.dispose();
    await runtime.dispose();
  }
}

/** Between the first and the last step's end: wall time that ONNX Runtime did not spend. */
function outside(marks) {
  const steps = marks.filter(({ step }) => step > 0);
  const first = steps[0];
  const last = steps.at(-1);
  const wall = last.at - first.at;
  return (wall - (last.compute - first.compute)) / wall;
}
