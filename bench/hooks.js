/**
 * What the guard and the clock cost per tap, over the built packages: `node bench/hooks.js`.
 * A call with n taps is compared with the taps called bare in a loop, and the difference divided by n. CPU time, the least
 * of several rounds: a busy machine does not change the figure.
 */
import { pathToFileURL } from 'node:url';
import { createHookSet } from '../packages/core/dist/hooks/index.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const job = Object.freeze({
  id: 'bench',
  generation: 1,
  signal: new AbortController().signal,
  request: Object.freeze({ extensions: Object.freeze({}) }),
});
const ctx = { log: silent, job, model: {}, step: { index: 3, steps: 20, call: 3, sigma: 1, timestep: 500, progress: 0.15 } };
const plan = { sampler: 'Euler', scheduler: 'Automatic', steps: 20, sigmas: [1, 0], cfgScale: 7 };

function setOf(taps, fn) {
  const hooks = createHookSet({ timeout: 30_000 });
  for (let index = 0; index < taps; index++) {
    const seat = { index, id: `bench.tap-${index}`, digest: '', defaults: {}, log: silent };
    const recording = hooks.record(seat);
    recording.facade.sampling.plan.tap(fn);
    recording.commit();
  }
  hooks.seal();
  return hooks;
}

/** CPU microseconds of one call, garbage collection included. */
async function microseconds(call, calls) {
  const rounds = [];
  for (let round = 0; round < 9; round++) {
    const start = process.cpuUsage();
    for (let index = 0; index < calls; index++) await call();
    const { user, system } = process.cpuUsage(start);
    rounds.push((user + system) / calls);
  }
  return Math.min(...rounds);
}

/** Rows of name and text, for the summary of `npm run bench`. */
export async function measureHooks() {
  const taps = 10;
  const calls = 20_000;
  const cases = {
    'sync tap': () => undefined,
    'sync tap, new value': (value) => ({ ...value }),
    'async tap': async () => undefined,
  };
  const rows = [];
  for (const [name, fn] of Object.entries(cases)) {
    const { plan: hook } = setOf(taps, fn).sampling;
    const guarded = await microseconds(() => hook.transform(plan, ctx), calls);
    const bare = await microseconds(() => callBare(taps, fn), calls);
    rows.push([`guard and clock, ${name}`, `${((guarded - bare) / taps).toFixed(2)} µs per tap (limit 2.00)`]);
  }
  const { plan: untapped } = setOf(0).sampling;
  rows.push(['a call nobody taps', `${(await microseconds(() => untapped.transform(plan, ctx), calls)).toFixed(2)} µs`]);
  return rows;
}

async function callBare(taps, fn) {
  let value = plan;
  for (let index = 0; index < taps; index++) {
    const result = fn(value, ctx);
    value = (typeof result?.then === 'function' ? await result : result) ?? value;
  }
  return value;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [name, value] of await measureHooks()) console.log(`${name}: ${value}`);
}
