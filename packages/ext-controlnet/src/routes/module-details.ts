import { controlModules } from '../modules/control-modules.js';
import { slidersOf } from '../units/unit-numbers.js';

/** What clients make their forms of: names, or labels, and the sliders of each module. */
export function moduleDetails(labels: boolean) {
  const named = controlModules.map((module) => [labels ? (module.label ?? module.name) : module.name, module] as const);
  const details = named.map(([name, module]) => {
    const sliders = slidersOf(module).map(({ label, value, min, max, step }) => ({ name: label, value, min, max, step }));
    return [name, { model_free: module.reference !== undefined, sliders }] as const;
  });
  return { module_list: named.map(([name]) => name), module_detail: Object.fromEntries(details) };
}
