import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { PULSE_ALIVE, PULSE_FD, PULSE_MS } from '../protocol.js';

const state = workerData as Int32Array;
let turns = -1;

/** A failed write means that nobody reads any more: the host was killed, and nothing else would end a running step. */
function beat(): void {
  const turned = Atomics.load(state, 1);
  const alive = Atomics.load(state, 0) > 0 || turned !== turns;
  turns = turned;
  try {
    writeSync(PULSE_FD, Uint8Array.of(alive ? PULSE_ALIVE : 0x2d));
  } catch {
    process.kill(process.pid, 'SIGKILL');
  }
}

beat();
setInterval(beat, PULSE_MS);
