const poolSize = 24;

/**
 * The first word of numpy's `SeedSequence(entropy, spawn_key, pool_size=24)` (O'Neill 2015), which torchsde seeds the
 * nodes of a Brownian tree with.
 */
export function seedSequence(entropy: number | bigint, spawnKey: readonly (number | bigint)[]): number {
  const pool = mixPool(assemble(entropy, spawnKey));
  let word = ((pool[0] as number) ^ 0x8b51f9dd) >>> 0;
  word = Math.imul(word, Math.imul(0x8b51f9dd, 0x58f38ded)) >>> 0;
  return (word ^ (word >>> 16)) >>> 0;
}

function assemble(entropy: number | bigint, spawnKey: readonly (number | bigint)[]): number[] {
  const words = wordsOf(entropy);
  if (spawnKey.length === 0) return words;
  while (words.length < poolSize) words.push(0);
  return words.concat(...spawnKey.map(wordsOf));
}

/** Little-endian 32-bit words of a non-negative integer; 0 is one word. */
function wordsOf(value: number | bigint): number[] {
  const words: number[] = [];
  let rest = BigInt(value);
  do {
    words.push(Number(rest & 0xffffffffn));
    rest >>= 32n;
  } while (rest > 0n);
  return words;
}

function mixPool(entropy: readonly number[]): Uint32Array {
  const pool = new Uint32Array(poolSize);
  let hash = 0x43b0d7e5;
  const hashed = (value: number): number => {
    let word = value ^ hash;
    hash = Math.imul(hash, 0x931e8875);
    word = Math.imul(word, hash);
    return word ^ (word >>> 16);
  };
  const mix = (x: number, y: number): number => {
    const word = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) | 0;
    return word ^ (word >>> 16);
  };
  for (let i = 0; i < poolSize; i++) pool[i] = hashed(entropy[i] ?? 0);
  for (let source = 0; source < poolSize; source++) {
    for (let target = 0; target < poolSize; target++) {
      if (source !== target) pool[target] = mix(pool[target] as number, hashed(pool[source] as number));
    }
  }
  for (const word of entropy.slice(poolSize)) {
    for (let target = 0; target < poolSize; target++) pool[target] = mix(pool[target] as number, hashed(word));
  }
  return pool;
}
