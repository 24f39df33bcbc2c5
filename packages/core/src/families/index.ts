import type { ModelFamilyContribution } from '@armature/sdk';
import { sd1Family } from './sd1.js';
import { sd2Family } from './sd2.js';
import { sdxlFamily } from './sdxl.js';
import { sdxlRefinerFamily } from './sdxl-refiner.js';

export { sd1Family } from './sd1.js';
/** In the order in which a file is shown to them; each turns down what belongs to another. */
export const builtinFamilies: readonly ModelFamilyContribution[] = [sd1Family, sd2Family, sdxlFamily, sdxlRefinerFamily];
