// What a process spends until its first step. node bench/first-step.js MODELS DATA on|off [SIZE] [STEPS]
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createHost, RUNTIME, startRuntime } from '@armature/core';

/** Ticks a second in /proc. */
const TICKS = 100;
const [models, data, weightsCache, size = '512', steps = '1'] = process.argv.slice(2);
const request = { prompt: 'a red circle on a blue background', seed: 1, steps: Number(steps), width: Number(size), height: Number(size) };

const runtime = await startRuntime({});
const status = (field) => Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${runtime.pid}/status`, 'latin1'))?.[1]);
function cpuSeconds() {
  const fields = readFileSync(`/proc/${runtime.pid}/stat`, 'latin1').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

const seen = { peakAnonymous: 0 };
const watch = setInterval(() => {
  if (seen.anonymous === undefined) seen.peakAnonymous = Math.max(seen.peakAnonymous, status('RssAnon'));
}, 10);
function look() {
  if (seen.anonymous !== undefined) return;
  const { user, system } = process.cpuUsage();
  Object.assign(seen, { hostCpu: (user + system) / 1e6, runtimeCpu: cpuSeconds(), anonymous: status('RssAnon') });
  seen.peakAnonymous = Math.max(seen.peakAnonymous, seen.anonymous);
}
const watched = new Proxy(runtime, {
  get(target, name) {
    const value = Reflect.get(target, name, target);
    if (typeof value !== 'function') return value;
    if (name !== 'run') return value.bind(target);
    return (session, ...rest) => {
      if (session.label.startsWith('unet')) look();
      return target.run(session, ...rest);
    };
  },
});
const log = { debug() {}, info() {}, warn: console.error, error: console.error };
const host = await createHost({ models: [models], data, weightsCache, log, provide: [[RUNTIME, () => async () => watched]] });
const { images, seconds } = await host.txt2img(request);
clearInterval(watch);
const digest = createHash('sha256').update(images[0].image.toBytes()).digest('hex').slice(0, 16);
const hostPeak = process.resourceUsage().maxRSS;
console.log(JSON.stringify({ ...seen, peak: status('VmHWM'), ownAtEnd: status('RssAnon'), hostPeak, seconds: seconds.total, digest }));
await host.dispose();
await runtime.dispose();
