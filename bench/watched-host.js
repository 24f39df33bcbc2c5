import { readFileSync } from 'node:fs';
import { createHost, RUNTIME, startRuntime } from '@armature/core';

/** Steps of a job: the first is not measured, then the job is given up, as nothing behind sampling is of interest. */
const steps = 3;
/** CPU seconds are counted in ticks of 1/100 s. */
const tick = 100;
export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
export const percent = (share) => `${(share * 100).toFixed(1)} %`;

/** User and system time of a process, seconds. */
function cpuOf(pid) {
  const [, fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const numbers = fields.split(' ');
  return (Number(numbers[11]) + Number(numbers[12])) / tick;
}

const bytesOf = (values, wanted) =>
  Object.values(values)
    .flat()
    .filter((value) => (value.kind === 'handle') === (wanted === 'kept'))
    .reduce((sum, { shape }) => sum + 4 * shape.reduce((product, dim) => product * dim, 1), 0);

/** A runtime that counts the sessions it creates, and the bytes of tensors that go there, come back and stay. */
function countingRuntime(runtime, seen) {
  return new Proxy(runtime, {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...args) => {
        if (name === 'load') seen.loads++;
        if (name === 'run') seen.crossed += bytesOf(args[1], 'sent');
        const answer = await value.apply(target, args);
        if (name === 'run') {
          seen.crossed += bytesOf(answer.outputs, 'sent');
          seen.kept += bytesOf(answer.outputs, 'kept');
        }
        return answer;
      };
    },
  });
}

/** What was counted at the end of each step; the job is given up after the last. */
async function marksOf(host, request, look) {
  const stopping = new AbortController();
  const marks = [];
  const { faults } = await host.txt2img(
    { ...request, steps: 20 },
    {
      signal: stopping.signal,
      onProgress({ stage, step }) {
        if (stage !== 'sampling') return;
        if (step > 0 || marks.length === 0) marks.push(look());
        if (step >= steps) stopping.abort();
      },
    },
  );
  if (faults.length > 0) throw new Error(faults[0].message);
  return marks;
}

/** A host whose runtime is watched: CPU seconds of both processes, sessions that were created, bytes between the two. */
export async function watchedHost(models, extensions) {
  const runtime = await startRuntime({});
  const seen = { loads: 0, crossed: 0, kept: 0 };
  const counted = countingRuntime(runtime, seen);
  const host = await createHost({ models: [models], extensions, provide: [[RUNTIME, () => async () => counted]] });
  const look = () => ({ host: cpuOf(process.pid), cpu: cpuOf(runtime.pid), ...seen });
  return {
    /**
     * CPU seconds of the runtime for one step, bytes that cross in it and stay in the runtime; of both processes up to the first
     * step, and sessions created on the way.
     */
    async measure(request) {
      const before = look();
      const [ready, first, ...others] = await marksOf(host, request, look);
      const after = look();
      const each = (of) => mean(others.map((mark, at) => mark[of] - (others[at - 1] ?? first)[of]));
      return {
        step: each('cpu'),
        crossed: each('crossed'),
        kept: each('kept'),
        before: ready.cpu + ready.host - before.cpu - before.host,
        loads: after.loads - before.loads,
      };
    },
    async close() {
      await host.dispose();
      await runtime.dispose();
    },
  };
}
