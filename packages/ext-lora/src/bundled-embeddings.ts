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
  { width, log }: TextEncoderScope,
): Promise<readonly TextEmbedding[]> {
  const found: TextEmbedding[] = [];
  for (const { name: network, file } of networks) {
    for (const [name, entries] of file.bundled) {
      const entry = entries.find((candidate) => fits(candidate, width));
      if (entry) found.push({ name, vectors: await vectorsOf(entry, width), hash: async () => network });
      else log.warn(`LoRA ${network}: its embedding ${name} is not for this model`, { network, name, width });
    }
  }
  return found;
}

const rowsOf = ({ shape }: WeightEntry): number => (shape.length === 2 ? (shape[0] ?? 0) : 1);

function fits(entry: WeightEntry, width: number): boolean {
  const { shape } = entry;
  return [1, 2].includes(shape.length) && shape.at(-1) === width && rowsOf(entry) > 0 && rowsOf(entry) <= mostVectors;
}

const vectorsOf = async (entry: WeightEntry, width: number): Promise<Tensor> => new Tensor(await entry.read(), [rowsOf(entry), width]);
