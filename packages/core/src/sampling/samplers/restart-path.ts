import { karrasLevels } from '../schedulers/karras-levels.js';

export interface RestartStep {
  readonly sigma: number;
  readonly next: number;
}

/** Where a restart turns back, and where it goes back to. */
const bottom = 0.1;
const top = 2;

/**
 * The steps of the webui's `restart_sampler`. From 20 steps on some are set aside for the way from 2 down to 0.1, which
 * is then gone again; the first way down has Karras levels, whatever the scheduler.
 */
export function restartPath(sigmas: readonly number[]): readonly RestartStep[] {
  const steps = sigmas.length - 1;
  if (steps < 20) return stepsThrough(sigmas);
  const times = steps >= 36 ? 2 : 1;
  const each = steps >= 36 ? Math.floor(steps / 4) : 9;
  const levels = karrasLevels(steps - each * times, sigmas.at(-2) as number, sigmas[0] as number, 7);
  const turn = nearest(levels, bottom);
  const back = nearest(levels, top);
  if (back >= turn) return stepsThrough(levels);
  const again = stepsThrough(karrasLevels(each + 1, levels[turn] as number, levels[back] as number, 7).slice(0, -1));
  const detour = Array.from({ length: times }, () => again).flat();
  return [...stepsThrough(levels.slice(0, turn + 1)), ...detour, ...stepsThrough(levels.slice(turn))];
}

const stepsThrough = (levels: readonly number[]): readonly RestartStep[] =>
  levels.slice(1).map((next, i) => ({ sigma: levels[i] as number, next }));

/** Index of the level closest to `wanted`; of equals the first. */
function nearest(levels: readonly number[], wanted: number): number {
  const distances = levels.map((level) => Math.abs(level - wanted));
  return distances.indexOf(Math.min(...distances));
}
