import type { SchedulerContribution } from '@armature/sdk';

/** Ten steps of Sabour et al. 2024, optimised for each model. */
const sd1 = [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029];
const sdxl = [14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.38, 0.234, 0.113, 0.029];

/** Levels found by optimisation; other numbers of steps are interpolated in log σ. */
export const alignYourSteps: SchedulerContribution = {
  name: 'align_your_steps',
  label: 'Align Your Steps',
  sigmas({ steps, family }) {
    const table = family.startsWith('sdxl') ? sdxl : sd1;
    // Counted from the lowest level, so that a single step is taken there, as in the reference.
    const rising = table.map(Math.log).reverse();
    const levels = Array.from({ length: steps }, (_, i) => Math.exp(interpolate(rising, steps === 1 ? 0 : i / (steps - 1))));
    return [...(steps === table.length ? table : levels.reverse()).map(Math.fround), 0];
  },
};

/** The value at `share` (0…1) of a list. */
function interpolate(values: readonly number[], share: number): number {
  const position = share * (values.length - 1);
  const low = Math.min(Math.floor(position), values.length - 2);
  const start = values[low] as number;
  return start + (position - low) * ((values[low + 1] as number) - start);
}
