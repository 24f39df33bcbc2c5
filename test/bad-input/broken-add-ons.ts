import { safetensors, type WrittenTensor } from '../../packages/ext-hypernetwork/test/hypernetwork-kit.js';

/** Numbers 0…1, the same each time for a seed (a linear congruential generator). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface BrokenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

type Tensors = Readonly<Record<string, WrittenTensor>>;
type Random = () => number;

const filled = (shape: readonly number[], value = 0.5): WrittenTensor => ({
  shape,
  values: Array.from({ length: shape.reduce((product, side) => product * side, 1) }, () => value),
});
const attention = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_v';
const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;

/** A good file of each kind. */
const good: Readonly<Record<string, Tensors>> = {
  lora: {
    [`${attention}.lora_up.weight`]: filled([64, 2]),
    [`${attention}.lora_down.weight`]: filled([2, 64]),
    [`${attention}.alpha`]: filled([]),
  },
  embedding: { emb_params: filled([2, 64]) },
  hypernetwork: Object.fromEntries(
    [0, 1].flatMap((part) => [
      [`64.${part}.linear.0.weight`, filled([64, 64])],
      [`64.${part}.linear.0.bias`, filled([64])],
    ]),
  ),
};
export const goodFile = (kind: string): Buffer => safetensors(good[kind] as Tensors);

/** Tensors of the kind whose shapes do not go together. */
const misshapen: Readonly<Record<string, (random: Random) => Tensors>> = {
  lora(random) {
    const parts = pick(random, [
      ['lora_up.weight', 'lora_down.weight'],
      ['lora_up.weight', 'lora_down.weight', 'lora_mid.weight'],
      ['hada_w1_a', 'hada_w1_b', 'hada_w2_a', 'hada_w2_b', 'hada_t1'],
      ['lokr_w1', 'lokr_w2_a', 'lokr_w2_b', 'lokr_t2'],
      ['a1.weight', 'a2.weight', 'b1.weight', 'b2.weight', 'alpha'],
      ['w_norm', 'b_norm'],
      ['oft_blocks', 'alpha', 'rescale'],
      ['lora_up.weight', 'dora_scale'],
    ]);
    // No two sides are alike.
    return Object.fromEntries(
      parts.map((part, at) => [`${attention}.${part}`, filled([2 + 3 * at, 3 + 3 * at + Math.floor(random() * 2)])]),
    );
  },
  embedding: (random) =>
    pick<Tensors>(random, [
      { first: filled([2, 64]), second: filled([2, 64]) },
      { emb_params: filled([76, 64]) },
      { emb_params: filled([2, 3, 64]) },
      { emb_params: filled([0, 64]) },
      { clip_l: filled([1, 2, 3]), clip_g: filled([2]) },
    ]),
  hypernetwork: (random) =>
    pick<Tensors>(random, [
      { '64.0.linear.0.weight': filled([64, 32]), '64.0.linear.0.bias': filled([64]) },
      { '64.0.linear.0.weight': filled([64, 64]) },
      { '64.0.other': filled([3]) },
      { '64.0.linear.0.weight': filled([1 + Math.floor(random() * 60), 64]), '64.0.linear.0.bias': filled([7]) },
    ]),
};

/** Values that are none, in a good shape. */
function poisoned(kind: string, random: Random): Buffer {
  const [[key, tensor], ...others] = Object.entries(good[kind] as Tensors) as [[string, WrittenTensor], ...[string, WrittenTensor][]];
  const values = [...tensor.values];
  values[Math.floor(random() * values.length)] = pick(random, [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  return safetensors({ [key]: { shape: tensor.shape, values }, ...Object.fromEntries(others) });
}

/** A pickle that runs a command when Python unpickles it, bare or in the zip of PyTorch's dialect, or one that never ends. */
function hostilePickle(random: Random, command: string): Buffer {
  const texts = [
    `cos\nsystem\n(S'${command}'\ntR.`,
    `\x80\x02cposix\nsystem\nX${String.fromCharCode(command.length)}\0\0\0${command}\x85R.`,
    `c__builtin__\neval\n(S'__import__("os").system("${command}")'\ntR.`,
    `csubprocess\nPopen\n((lS'sh'\naS'-c'\naS'${command}'\natR.`,
    `\x80\x02${'('.repeat(5000)}.`,
    `\x80\x02]${'2'.repeat(5000)}.`,
    '\x80\x02X\xff\xff\xff\x7fabc.',
  ];
  return Buffer.from(pick(random, texts), 'latin1');
}

function damaged(kind: string, random: Random): Buffer {
  const bytes = goodFile(kind);
  if (random() < 0.4) return bytes.subarray(0, Math.floor(random() * (bytes.length - 1)));
  const header = 8 + Number(bytes.readBigUInt64LE(0));
  for (let hits = 0; hits < 12; hits++) bytes[Math.floor(random() * header)] = Math.floor(random() * 256);
  return bytes;
}

/** Broken and hostile files of one kind, the same for a seed. `command` must never run. */
export function brokenFiles(kind: string, count: number, seed: number, command: string): readonly BrokenFile[] {
  const random = seeded(seed);
  const makers: readonly (() => Omit<BrokenFile, 'name'> & { readonly ending: string })[] = [
    () => ({ ending: 'safetensors', bytes: damaged(kind, random) }),
    () => ({ ending: 'safetensors', bytes: safetensors((misshapen[kind] as (from: Random) => Tensors)(random)) }),
    () => ({ ending: 'safetensors', bytes: poisoned(kind, random) }),
    () => ({ ending: 'pt', bytes: hostilePickle(random, command) }),
    () => ({
      ending: 'safetensors',
      bytes: Buffer.from(pick(random, ['', '<!doctype html>', 'version https://git-lfs', 'GGUF', '\x89PNG'])),
    }),
    () => ({ ending: 'safetensors', bytes: safetensors({ 'something.else.weight': filled([3, 3]), 'another.thing': filled([2]) }) }),
  ];
  return Array.from({ length: count }, (_, at) => {
    const { ending, bytes } = (makers[at % makers.length] as (typeof makers)[number])();
    return { name: `broken-${at}-end.${ending}`, bytes };
  });
}
