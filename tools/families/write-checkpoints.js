// node tools/families/write-checkpoints.js FOLDER: the checkpoints of tiny-layouts.js as files, for oracle.py.
import { join } from 'node:path';
import { writeCheckpoint } from '../../bench/write-checkpoint.js';
import { tinyLayouts } from './tiny-layouts.js';

for (const [name, { seed, entries }] of Object.entries(tinyLayouts))
  await writeCheckpoint(join(process.argv[2], `${name}.safetensors`), entries, seed);
