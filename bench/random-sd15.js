// Writes a full-size checkpoint with random f16 weights (SD 1.5: 2.1 GB, SDXL: 6.9 GB): what a benchmark needs of a model.
// node bench/random-sd15.js FILE [--model sd15|sd21|sdxl|sdxl-refiner] [--seed N] [--in-channels 4|8|9]
import { parseArgs } from 'node:util';
import { fullLayouts } from './full-layouts.js';
import { writeCheckpoint } from './write-checkpoint.js';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: 'sd15' },
    seed: { type: 'string', default: '1' },
    'in-channels': { type: 'string', default: '4' },
  },
});
const [path] = positionals;
const layout = fullLayouts[values.model];
if (!path || !layout) {
  console.error(`usage: node bench/random-sd15.js FILE [--model ${Object.keys(fullLayouts).join('|')}] [--seed N] [--in-channels 4|8|9]`);
  process.exit(2);
}
const entries = layout(Number(values['in-channels']));
const bytes = await writeCheckpoint(path, entries, Number(values.seed));
console.log(`${path}: ${entries.length} tensors, ${bytes} bytes`);
