// Writes checkpoints with random f16 weights.
import { open } from 'node:fs/promises';
import { byteLength, safetensorsHeader } from './ldm-layout.js';

/** Values of one deviation to choose from. */
const TABLE = 4096;
/** Values made at once. */
const SLICE = 2 ** 22;

/** xorshift32 (Marsaglia 2003). */
function createRandom(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Nearest f16 bits of a number well inside its range; smaller ones than 2⁻¹⁴ become 0. */
function halfBits(value) {
  const float = new DataView(new ArrayBuffer(4));
  float.setFloat32(0, value);
  const bits = float.getUint32(0);
  const exponent = ((bits >>> 23) & 255) - 112;
  if (exponent < 1) return 0;
  return ((bits >>> 16) & 0x8000) + (exponent << 10) + ((bits >>> 13) & 1023) + ((bits >>> 12) & 1);
}

/** Normally distributed numbers of one deviation (Box–Muller), as f16 bits. */
function normalTable(deviation, next) {
  const uniform = () => (next() + 0.5) / 2 ** 32;
  return Uint16Array.from({ length: TABLE }, () =>
    halfBits(deviation * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())),
  );
}

/** The buffers that the training code kept with the weights, all from the betas (`register_schedule`). */
function scheduleBuffers() {
  const betas = Array.from({ length: 1000 }, (_, t) => (Math.sqrt(0.00085) + ((Math.sqrt(0.012) - Math.sqrt(0.00085)) * t) / 999) ** 2);
  let product = 1;
  const bar = betas.map((beta) => {
    product *= 1 - beta;
    return product;
  });
  const before = [1, ...bar.slice(0, -1)];
  const variance = betas.map((beta, t) => (beta * (1 - before[t])) / (1 - bar[t]));
  return {
    betas,
    alphas_cumprod: bar,
    alphas_cumprod_prev: before,
    sqrt_alphas_cumprod: bar.map(Math.sqrt),
    sqrt_one_minus_alphas_cumprod: bar.map((value) => Math.sqrt(1 - value)),
    log_one_minus_alphas_cumprod: bar.map((value) => Math.log(1 - value)),
    sqrt_recip_alphas_cumprod: bar.map((value) => Math.sqrt(1 / value)),
    sqrt_recipm1_alphas_cumprod: bar.map((value) => Math.sqrt(1 / value - 1)),
    posterior_variance: variance,
    posterior_log_variance_clipped: variance.map((value) => Math.log(Math.max(value, 1e-20))),
    posterior_mean_coef1: betas.map((beta, t) => (beta * Math.sqrt(before[t])) / (1 - bar[t])),
    posterior_mean_coef2: betas.map((beta, t) => ((1 - before[t]) * Math.sqrt(1 - beta)) / (1 - bar[t])),
  };
}

/** The bytes of one tensor, in pieces. */
function* tensorBytes(entry, next, schedule) {
  const count = entry.shape.reduce((product, dim) => product * dim, 1);
  if (entry.kind === 'schedule') yield new Uint8Array(Float32Array.from(schedule[entry.key]).buffer);
  else if (entry.kind === 'positions') yield new Uint8Array(BigInt64Array.from({ length: count }, (_, at) => BigInt(at)).buffer);
  else if (entry.kind === 'matrix') {
    const fanIn = entry.shape.slice(1).reduce((product, dim) => product * dim, 1);
    const table = normalTable(entry.gain / Math.sqrt(fanIn), next);
    for (let start = 0; start < count; start += SLICE) {
      const values = new Uint16Array(Math.min(SLICE, count - start));
      for (let at = 0; at < values.length; at++) values[at] = table[next() % TABLE];
      yield new Uint8Array(values.buffer);
    }
  } else yield new Uint8Array(new Uint16Array(count).fill(entry.kind === 'one' ? halfBits(1) : 0).buffer);
}

/** The same seed gives the same bytes. @returns bytes of all tensors */
export async function writeCheckpoint(path, entries, seed) {
  const next = createRandom(seed);
  const schedule = scheduleBuffers();
  const file = await open(path, 'w');
  try {
    await file.writeFile(safetensorsHeader(entries));
    for (const entry of entries) for (const bytes of tensorBytes(entry, next, schedule)) await file.writeFile(bytes);
  } finally {
    await file.close();
  }
  return entries.reduce((sum, entry) => sum + byteLength(entry), 0);
}
