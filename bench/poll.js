import { Agent, get } from 'node:http';

/**
 * `node bench/poll.js ADDRESS CLIENTS PERIOD_MS`: clients that each ask for the progress once a period, over connections of their
 * own, until stdin closes; then the milliseconds of every answer are printed as JSON.
 */
const [address, clients, period] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const times = [];
let failed = 0;
let over = false;
process.stdin.resume().on('end', () => {
  over = true;
});

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function ask(agent) {
  return new Promise((done) => {
    const start = performance.now();
    const answered = (status) => {
      times.push(performance.now() - start);
      if (status !== 200) failed++;
      done();
    };
    get(`${address}/sdapi/v1/progress?skip_current_image=true`, { agent }, (answer) => {
      answer.resume().on('end', () => answered(answer.statusCode));
    }).on('error', () => answered(0));
  });
}

async function client(index) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  await pause((period * index) / clients);
  while (!over) {
    const start = performance.now();
    await ask(agent);
    await pause(Math.max(0, period - (performance.now() - start)));
  }
  agent.destroy();
}

await Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
process.stdout.write(JSON.stringify({ times, failed }));
