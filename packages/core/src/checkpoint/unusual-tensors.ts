import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WeightMap } from '@armature/sdk';

/** Values looked at between two turns of the event loop. */
const slice = 2 ** 20;

/** Keys of tensors that hold a value which is no number, or none that float32 holds. Reads the whole file. @throws HostError CKPT_* */
export async function unusualTensors(weights: WeightMap): Promise<readonly string[]> {
  const found: string[] = [];
  for (const key of weights.keys) {
    const values = (await weights.get(key)?.read()) ?? new Float32Array();
    for (let at = 0; at < values.length; at += slice) {
      if (at > 0) await nextTurn();
      if (values.subarray(at, at + slice).every(Number.isFinite)) continue;
      found.push(key);
      break;
    }
  }
  return found;
}
