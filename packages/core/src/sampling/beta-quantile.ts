/**
 * The value below which a share `probability` of a beta distribution lies (SciPy's `beta.ppf`). Newton's method inside an
 * interval that halves where Newton would leave it; exact to about 1e-14.
 */
export function betaQuantile(probability: number, alpha: number, beta: number): number {
  if (probability <= 0) return 0;
  if (probability >= 1) return 1;
  const scale = Math.exp(logGamma(alpha + beta) - logGamma(alpha) - logGamma(beta));
  let low = 0;
  let high = 1;
  let x = alpha / (alpha + beta);
  for (let round = 0; round < 200 && high - low > 1e-16; round++) {
    const excess = cumulative(x, alpha, beta, scale) - probability;
    if (excess === 0) break;
    if (excess > 0) high = x;
    else low = x;
    const density = scale * x ** (alpha - 1) * (1 - x) ** (beta - 1);
    const guess = x - excess / density;
    const next = guess > low && guess < high ? guess : (low + high) / 2;
    if (Math.abs(next - x) <= 1e-16 * x) break;
    x = next;
  }
  return x;
}

/** Regularised incomplete beta function; the continued fraction converges fast below the mean, so mirror above it. */
function cumulative(x: number, alpha: number, beta: number, scale: number): number {
  const front = scale * x ** alpha * (1 - x) ** beta;
  const mirrored = x > (alpha + 1) / (alpha + beta + 2);
  return mirrored ? 1 - (front * fraction(1 - x, beta, alpha)) / beta : (front * fraction(x, alpha, beta)) / alpha;
}

/** Lentz's evaluation of the continued fraction DLMF 8.17.22. */
function fraction(x: number, a: number, b: number): number {
  const least = 1e-300;
  const away = (value: number): number => (Math.abs(value) < least ? least : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let change = 1;
    for (const term of [even, odd]) {
      d = 1 / away(1 + term * d);
      c = away(1 + term / c);
      change = c * d;
      value *= change;
    }
    if (Math.abs(change - 1) < 1e-16) break;
  }
  return value;
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** ln Γ for positive arguments (Lanczos, g = 7). */
function logGamma(z: number): number {
  if (z < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * z)) - logGamma(1 - z);
  const base = z + 6.5;
  const sum = lanczos.reduce((total, factor, i) => total + (i === 0 ? factor : factor / (z - 1 + i)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (z - 0.5) * Math.log(base) - base + Math.log(sum);
}
