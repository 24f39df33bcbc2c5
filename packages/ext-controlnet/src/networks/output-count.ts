import type { ControlFile } from '../files/control-file.js';
import { isAdapter } from './control-network.js';

const zeroConv = /^zero_convs\.\d+\.0\.weight$/;

/** Outputs of a file's network: an adapter's four, else one for each skip connection (12 for SD 1.x, 9 for three levels) and the middle. */
export function outputCount(file: ControlFile): number {
  if (isAdapter(file)) return 4;
  return 1 + [...file.entries.keys()].filter((key) => zeroConv.test(key)).length;
}
