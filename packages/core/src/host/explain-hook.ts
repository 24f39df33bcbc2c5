import { HostError, hookCatalogue } from '@armature/sdk/host';
import type { TapReport } from '../api/index.js';
import { nearestNames } from '../checkpoint/index.js';
import type { Generation } from '../generation/index.js';

const hookNames = Object.entries(hookCatalogue).flatMap(([phase, hooks]) => Object.keys(hooks).map((hook) => `${phase}.${hook}`));

/** Who taps a hook, in calling order, and why. @throws HostError REQUEST_INVALID for an unknown hook */
export function explainHook(generation: Generation, hook: string): readonly TapReport[] {
  const taps = generation.explain(hook);
  if (taps) return taps;
  const nearest = nearestNames(hookNames, hook).slice(0, 5).join(', ');
  throw new HostError('REQUEST_INVALID', { field: 'hook', problem: `there is no such hook; nearest are ${nearest}`, seen: hook });
}
