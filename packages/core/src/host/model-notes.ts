import type { WeightDtype } from '@armature/sdk';
import type { WeightsFile } from '../checkpoint/index.js';

/** Where the parts of a checkpoint lie, as people call them. */
const modules = { UNet: 'model.diffusion_model.', VAE: 'first_stage_model.', 'text encoder': /^(?:cond_stage_model|conditioner)\./ };
const isFloat = (dtype: WeightDtype): boolean => dtype.includes('F');

/** What is worth knowing of a file and no fault, a sentence each. `format`: what its kind's reader calls it. */
export function modelNotes(weights: WeightsFile, format: string | undefined): readonly string[] {
  const keys = [...weights.keys];
  const within = (module: string | RegExp) =>
    keys.filter((key) => (typeof module === 'string' ? key.startsWith(module) : module.test(key)));
  const notes: string[] = [];
  const parts = Object.entries(modules).map(([name, module]) => [name, within(module)] as const);
  const isCheckpoint = parts.some(([name, found]) => name === 'UNet' && found.length > 0);
  for (const [name, found] of isCheckpoint ? parts : []) {
    if (found.length === 0) notes.push(`It has no ${name}.`);
    const dtypes = new Set(found.map((key) => weights.entry(key)?.dtype).filter((dtype) => dtype !== undefined && isFloat(dtype)));
    if (dtypes.size > 1) notes.push(`Its ${name} mixes ${[...dtypes].sort().join(' and ')}. Each tensor is read as what it is.`);
  }
  const averages = within('model_ema.').length;
  if (averages > 0) notes.push(`${averages} tensors are averages that training kept (model_ema); no network reads them.`);
  if (format?.includes('sdxl-refiner'))
    notes.push('It is a refiner: it finishes what a base model began (--refiner.model), and is no base model itself.');
  return notes;
}
