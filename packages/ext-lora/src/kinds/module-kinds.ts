import { full, norm } from './full.js';
import { glora } from './glora.js';
import { ia3 } from './ia3.js';
import { loha } from './loha.js';
import { lokr } from './lokr.js';
import { lora } from './lora.js';
import type { ModuleKind } from './module-kind.js';
import { oft } from './oft.js';

/** In the order in which a module is tried (`module_types`). */
export const moduleKinds: readonly ModuleKind[] = [lora, loha, ia3, lokr, full, norm, glora, oft];
