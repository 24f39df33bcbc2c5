import type { WeightEntry, WeightMap } from '@armature/sdk';

/** Where a checkpoint keeps its UNet. */
const unet = 'model.diffusion_model.';

const sum = async (a: WeightEntry, b: () => Promise<Float32Array>): Promise<Float32Array> => {
  const [left, right] = [await a.read(), await b()];
  return left.map((value, at) => value + right[at]!);
};
const computed = (key: string, shape: WeightEntry['shape'], read: WeightEntry['read']): WeightEntry => ({ key, dtype: 'F32', shape, read });

/** Files that hold what differs from the checkpoint's own UNet (`difference`): each of its tensors is added. */
export function withDifference(entries: ReadonlyMap<string, WeightEntry>, base: WeightMap): ReadonlyMap<string, WeightEntry> {
  return new Map(
    [...entries].map(([key, entry]) => {
      const own = base.get(`${unet}${key}`);
      return [key, own && sameShape(own, entry) ? computed(key, entry.shape, () => sum(own, () => entry.read())) : entry] as const;
    }),
  );
}

/**
 * Control-LoRA: a copy of the checkpoint's encoder, changed by up · down where the file has such a pair, replaced where it
 * has the tensor itself.
 */
export function withLowRank(entries: ReadonlyMap<string, WeightEntry>, base: WeightMap): ReadonlyMap<string, WeightEntry> {
  const found = new Map<string, WeightEntry>();
  for (const key of base.keys) if (key.startsWith(unet)) found.set(key.slice(unet.length), base.get(key)!);
  for (const [key, entry] of entries) {
    if (key.endsWith('.down')) continue;
    if (!key.endsWith('.up')) {
      found.set(key, entry);
      continue;
    }
    const name = `${key.slice(0, -3)}.weight`;
    const down = entries.get(`${key.slice(0, -3)}.down`);
    const own = found.get(name);
    if (own && down)
      found.set(
        name,
        computed(name, own.shape, () => sum(own, () => product(entry, down))),
      );
  }
  return found;
}

/** up [out, rank] · down [rank, in], further axes flattened. */
async function product(up: WeightEntry, down: WeightEntry): Promise<Float32Array> {
  const [a, b] = [await up.read(), await down.read()];
  const rank = down.shape[0]!;
  const [rows, columns] = [a.length / rank, b.length / rank];
  const out = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < rank; at++) {
      const factor = a[row * rank + at]!;
      for (let column = 0; column < columns; column++) out[row * columns + column]! += factor * b[at * columns + column]!;
    }
  }
  return out;
}

const sameShape = (a: WeightEntry, b: WeightEntry): boolean => a.shape.join() === b.shape.join();
