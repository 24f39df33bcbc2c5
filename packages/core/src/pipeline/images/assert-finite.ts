import { setImmediate as nextTurn } from 'node:timers/promises';
import { HostError } from '@armature/sdk/host';

/** Values looked at before the event loop gets a turn (some milliseconds). */
const SLICE = 2 ** 22;

/** Every value that came out of a network is a number. `network` begins the message. @throws HostError GRAPH_NAN */
export async function assertFinite(values: Float32Array, network: string, model: string): Promise<void> {
  for (let start = 0; start < values.length; start += SLICE) {
    if (!isFinitePart(values.subarray(start, start + SLICE))) throw new HostError('GRAPH_NAN', { network, model });
    if (start + SLICE < values.length) await nextTurn();
  }
}

/** v − v is 0 for a number and NaN for infinities and NaN; one sum tells of all. */
function isFinitePart(values: Float32Array): boolean {
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    sum += value - value;
  }
  return sum === 0;
}
