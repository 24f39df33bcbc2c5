import type { UniPcOptions } from '@armature/sdk';
import { solveLinear } from '../solve-linear.js';

export interface UniPcWeights {
  /** Of the differences to earlier estimates of x0. */
  readonly predictor: readonly number[];
  /** Of the same, and last of the difference to the new estimate. */
  readonly corrector: readonly number[];
}

/**
 * Weights of one step of UniPC (Zhao et al. 2023). `ratios` are the distances of the earlier estimates in λ, newest first,
 * in units of the step `width`.
 */
export function uniPcWeights(variant: UniPcOptions['variant'], ratios: readonly number[], width: number): UniPcWeights {
  return variant === 'vary_coeff' ? varying(ratios, width) : fixed(variant, ratios, width);
}

/** B(h)-weights, B(h) = −h or e^−h − 1: section 3.3. */
function fixed(variant: 'bh1' | 'bh2', ratios: readonly number[], width: number): UniPcWeights {
  const scale = variant === 'bh1' ? -width : Math.expm1(-width);
  const knots = [...ratios, 1];
  const powers = knots.map((_, power) => knots.map((knot) => knot ** power));
  let factorial = 1;
  const right = phis(-width, knots.length + 1)
    .slice(1)
    .map((phi, i) => {
      factorial *= i + 1;
      return (phi * factorial) / scale;
    });
  const scaled = (weights: readonly number[]): readonly number[] => weights.map((weight) => weight * scale);
  const before = powers.slice(0, -1).map((row) => row.slice(0, -1));
  return {
    predictor: scaled(ratios.length === 1 ? [0.5] : solveLinear(before, right.slice(0, -1))),
    corrector: scaled(ratios.length === 0 ? [0.5] : solveLinear(powers, right)),
  };
}

/** Coefficients that vary with the step: appendix C. */
function varying(ratios: readonly number[], width: number): UniPcWeights {
  const knots = [...ratios, 1];
  const phi = phis(-width, knots.length + 1);
  const matrix = knots.map((knot) => knots.map((_, power) => knot ** power / factorialOf(power + 1)));
  const before = inverse(matrix.slice(0, -1).map((row) => row.slice(0, -1)));
  const whole = inverse(matrix);
  const among = (rows: readonly (readonly number[])[]): number[] =>
    ratios.map((_, j) => ratios.reduce((sum, _ratio, k) => sum + (phi[k + 1] as number) * ((rows[k] as number[])[j] as number), 0));
  // The authors' code takes the last factor from the row before; so does the reference.
  const last = (whole[Math.max(ratios.length - 1, 0)] as number[]).at(-1) as number;
  return { predictor: among(before), corrector: [...among(whole), (phi[knots.length] as number) * last] };
}

/** φ₁·h … φ_count·h at h: φ₁h = e^h − 1, each further one (the one before / h) − 1/k!. */
function phis(h: number, count: number): readonly number[] {
  const values = [Math.expm1(h)];
  for (let k = 1; k < count; k++) values.push((values[k - 1] as number) / h - 1 / factorialOf(k));
  return values;
}

const factorialOf = (n: number): number => (n < 2 ? 1 : n * factorialOf(n - 1));

function inverse(matrix: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const columns = matrix.map((_, j) =>
    solveLinear(
      matrix,
      matrix.map((_row, i) => (i === j ? 1 : 0)),
    ),
  );
  return matrix.map((_, i) => columns.map((column) => column[i] as number));
}
