/**
 * What the guard and the clock cost per tap, over the built packages: `node bench/hooks.js [--json]`.
 * A call with n taps is compared with the same call through bare tapable, and the difference divided by n.
 */
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

/** Median microseconds of one call over several rounds. */
async function microseconds(call, calls) {
  const rounds = [];
  for (let round = 0; round < 9; round++) {
    const start = performance.now();
    for (let index = 0; index < calls; index++) await call();
    rounds.push(((performance.now() - start) * 1000) / calls);
  }
  return rounds.sort((a, b) => a - b)[4];
}

export async function benchHooks() {
  const taps = 10;
  const calls = 20_000;
  const cases = {
    'sync tap': () => undefined,
    'sync tap, new value': (value) => ({ ...value }),
    'async tap': async () => undefined,
  };
  const rows = [];
  for (const [name, fn] of Object.entries(cases)) {
    const hooks = setOf(taps, fn);
    const caller = hooks.sampling.plan;
    const guarded = await microseconds(() => caller.transform(plan, ctx), calls);
    const bare = await microseconds(async () => {
      let value = plan;
      for (let index = 0; index < taps; index++) {
        const result = fn(value, ctx);
        value = (typeof result?.then === 'function' ? await result : result) ?? value;
      }
      return value;
    }, calls);
    rows.push({ name, perTap: (guarded - bare) / taps, guarded: guarded / taps });
  }
  const empty = createHookSet({ timeout: 30_000 });
  empty.seal();
  rows.push({
    name: 'no tap (a whole call)',
    perTap: await microseconds(() => empty.sampling.plan.transform(plan, ctx), calls),
    guarded: 0,
  });
  return rows;
}

if (import.meta.url === new URL(process.argv[1], 'file:').href) {
  const rows = await benchHooks();
  if (process.argv.includes('--json')) console.log(JSON.stringify(rows));
  else for (const row of rows) console.log(`hook overhead, ${row.name}: ${row.perTap.toFixed(2)} µs per tap (limit 2.00)`);
}
