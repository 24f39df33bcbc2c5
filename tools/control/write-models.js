// node tools/control/write-models.js FOLDER: the models of tiny-layouts.js as a models folder, for ip-adapter-oracle.py.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeCheckpoint } from '../../bench/write-checkpoint.js';
import { tinyModels } from './tiny-layouts.js';

for (const [name, { seed, entries }] of Object.entries(tinyModels)) {
  const path = join(process.argv[2], `${name}.safetensors`);
  await mkdir(dirname(path), { recursive: true });
  await writeCheckpoint(path, entries, seed);
}
