import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createHost } from '@armature/core';
import { createServer } from '@armature/server';
import { tinyModelFolder } from '@armature/tiny-model';

/**
 * `node bench/serve-load.js [CLIENTS] [PERIOD_MS]`: pictures are made over HTTP, in turn alone and while clients ask for the
 * progress; prints how long answers took and how much longer steps did. One thread computes, so that server and clients have
 * a core to run on: what is measured is the server's share, not who wins the last core.
 */
const clients = Number(process.argv[2] ?? 200);
const period = Number(process.argv[3] ?? 1000);
const rounds = 6;
const request = { prompt: 'a red circle on a blue background', seed: 1, steps: 40, width: 256, height: 256, cfg_scale: 5 };
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const quantile = (values, share) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))];

const host = await createHost({ models: [tinyModelFolder], threads: 1 });
const server = await createServer({ host, options: { port: 0 } });
const address = await server.listen();

async function picture() {
  const start = performance.now();
  const answer = await fetch(`${address}/sdapi/v1/txt2img`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  if (answer.status !== 200) throw new Error(`${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
  return (performance.now() - start) / request.steps;
}

async function polled(work) {
  const poller = spawn(process.execPath, [fileURLToPath(new URL('poll.js', import.meta.url)), address, String(clients), String(period)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  poller.stdout.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const ended = new Promise((done) => poller.once('close', done));
  await new Promise((done) => setTimeout(done, period));
  const result = await work();
  poller.stdin.end();
  await ended;
  return { result, ...JSON.parse(said) };
}

try {
  await picture();
  const alone = [];
  const loaded = [];
  const times = [];
  let failed = 0;
  for (let round = 0; round < rounds; round++) {
    alone.push(await picture());
    const seen = await polled(picture);
    loaded.push(seen.result);
    times.push(...seen.times);
    failed += seen.failed;
  }
  const ratios = alone.map((step, at) => loaded[at] / step);
  console.log(`- ${clients} clients, each asking for the progress every ${period} ms: ${times.length} answers, ${failed} failed`);
  console.log(`- answer: median ${median(times).toFixed(1)} ms, p99 ${quantile(times, 0.99).toFixed(1)} ms (limit 50 ms)`);
  console.log(
    `- step: ${median(alone).toFixed(2)} ms alone, ${median(loaded).toFixed(2)} ms meanwhile, ${((median(ratios) - 1) * 100).toFixed(1)} % more (limit 3 %)`,
  );
} finally {
  await server.close();
  await host.dispose();
}
