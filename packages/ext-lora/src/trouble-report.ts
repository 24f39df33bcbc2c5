import type { Logger } from '@armature/sdk';
import type { NetworkTrouble } from './merged-weights.js';

const shown = 5;

/** Tells what did not work out, each file's unmatched modules at once. */
export function troubleReport(log: Logger): NetworkTrouble {
  return {
    unmatched({ name, file }, modules) {
      const all = file.modules.length + file.unknown.length;
      const some = modules.slice(0, shown).join(', ') + (modules.length > shown ? ` and ${modules.length - shown} more` : '');
      log.warn(`LoRA ${name}: ${modules.length} of ${all} modules are not in this model: ${some}`, {
        name,
        unmatched: modules.length,
        all,
      });
    },
    failed({ name }, module, problem) {
      log.warn(`LoRA ${name}: ${module} is left out: ${problem}`, { name, module });
    },
  };
}
