import { Tensor, type TextEmbedding, type TextEncoderScope, type WeightEntry } from '@armature/sdk';
import type { WantedNetwork } from './wanted-network.js';

/** Rows that fit into a chunk of a prompt. */
const mostVectors = 75;

/**
 * The words that come with the networks in force. One whose vectors are of another width than the text encoder's is left out and
 * told. In the parameters a word is followed by the network's name in place of a hash.
 */
export async function bundledEmbeddings(
  networks: readonly WantedNetwork[],
  { width, encoders, log }: TextEncoderScope,
): Promise<readonly TextEmbedding[]> {
  const found: TextEmbedding[] = [];
  for (const { name: network, file } of networks) {
    for (const [name, entries] of file.bundled) {
      const vectors = encoders.length > 1 ? await vectorsOfEach(entries, encoders) : await vectorsOfOne(entries, width);
      if (vectors) found.push({ name, vectors, hash: async () => network });
      else log.warn(`LoRA ${network}: its embedding ${name} is not for this model`, { network, name, width });
    }
  }
  return found;
}

async function vectorsOfOne(entries: readonly WeightEntry[], width: number): Promise<Tensor | undefined> {
  const entry = entries.find((candidate) => fits(candidate, width));
  return entry && vectorsOf(entry, width);
}

/** `….clip_l` and `….clip_g`, with as many rows each. */
async function vectorsOfEach(
  entries: readonly WeightEntry[],
  encoders: TextEncoderScope['encoders'],
): Promise<Readonly<Record<string, Tensor>> | undefined> {
  const vectors: Record<string, Tensor> = {};
  for (const { name, width } of encoders) {
    const entry = entries.find((candidate) => candidate.key.endsWith(`.${name}`) && fits(candidate, width));
    if (!entry) return undefined;
    vectors[name] = await vectorsOf(entry, width);
  }
  return new Set(Object.values(vectors).map(({ shape }) => shape[0])).size === 1 ? vectors : undefined;
}

const rowsOf = ({ shape }: WeightEntry): number => (shape.length === 2 ? (shape[0] ?? 0) : 1);

function fits(entry: WeightEntry, width: number): boolean {
  const { shape } = entry;
  return [1, 2].includes(shape.length) && shape.at(-1) === width && rowsOf(entry) > 0 && rowsOf(entry) <= mostVectors;
}

const vectorsOf = async (entry: WeightEntry, width: number): Promise<Tensor> => new Tensor(await entry.read(), [rowsOf(entry), width]);
