import type { ImagesApi } from '@armature/sdk';
import { isHostError } from '@armature/sdk';
import { checkedVectors, vectorShape } from './checked-vectors.js';
import { pictureData } from './picture-data.js';
import type { TrainedEmbedding } from './trained-embedding.js';
import { unfit } from './unfit.js';

type Fields = Readonly<Record<string, unknown>>;

/** An embedding from a picture; undefined for one that carries none. @throws HostError EMBEDDING_UNFIT */
export async function readPicture(
  file: { readonly path: string; readonly name: string },
  bytes: Uint8Array,
  images: ImagesApi,
): Promise<TrainedEmbedding | undefined> {
  const { path } = file;
  const data = await pictureData(bytes, images).catch((error: unknown) => {
    const problem = isHostError(error) ? error.message : `what its picture carries cannot be read (${String(error).slice(0, 100)})`;
    return unfit(path, problem, error);
  });
  if (data === undefined) return undefined;
  const { string_to_param: given, name, step, sd_checkpoint: hash, sd_checkpoint_name: checkpoint } = fieldsOf(data);
  const params = Object.values(fieldsOf(given));
  if (params.length !== 1) unfit(path, `it holds ${params.length} terms, an embedding holds one`);
  const rows = rowsOf(path, fieldsOf(params[0]).TORCHTENSOR);
  const shape = vectorShape(path, [rows.length, rows[0]?.length ?? 0]);
  const vectors = checkedVectors(path, rows.flat(), shape);
  return {
    name: textOf(name) ?? file.name,
    ...{ vectors, count: shape[0], width: shape[1] },
    step: typeof step === 'number' ? step : undefined,
    checkpointHash: textOf(hash),
    checkpointName: textOf(checkpoint),
  };
}

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value.slice(0, 1000) : undefined);

function rowsOf(path: string, given: unknown): readonly (readonly number[])[] {
  const rows: unknown = Array.isArray(given) && given.every((value) => typeof value === 'number') ? [given] : given;
  if (
    !Array.isArray(rows) ||
    !rows.every((row) => Array.isArray(row) && row.length === rows[0].length && row.every((value) => typeof value === 'number'))
  )
    return unfit(path, 'its vectors are not rows of numbers');
  return rows;
}
