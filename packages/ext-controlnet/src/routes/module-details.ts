import type { ControlModule } from '../modules/control-module.js';
import { slidersOf } from '../units/unit-numbers.js';

/** What clients make their forms of: names, or labels, and the sliders of each module. */
export function moduleDetails(modules: readonly ControlModule[], labels: boolean) {
  const named = modules.map((module) => [labels ? (module.label ?? module.name) : module.name, module] as const);
  const details = named.map(([name, module]) => {
    const sliders = slidersOf(module).map(({ label, value, min, max, step }) => ({ name: label, value, min, max, step }));
    return [name, { model_free: module.reference !== undefined, sliders }] as const;
  });
  return { module_list: named.map(([name]) => name), module_detail: Object.fromEntries(details) };
}
