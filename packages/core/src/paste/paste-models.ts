import type { CatalogueApi } from '@armature/sdk';
import type { MissingPart } from '../api/index.js';
import type { FieldReader } from './field-reader.js';
import { findWeights } from './find-weights.js';

export interface PastedModels {
  readonly model?: string;
  readonly hiresModel?: string;
  readonly refinerModel?: string;
  readonly vae?: string;
}

/** Words in these places of a text that name no file. */
const noFile = new Set(['none', 'Use same checkpoint']);
const ownVae = new Set(['None', 'Automatic']);

/** Checkpoints and VAE of a text, by names that this host finds them under. */
export async function pasteModels(
  fields: FieldReader,
  catalogue: Pick<CatalogueApi, 'list' | 'find'>,
  missing: MissingPart[],
): Promise<PastedModels> {
  const checkpoint = async (name: string | undefined, hash: string | undefined): Promise<string | undefined> =>
    (await findWeights(catalogue, { kind: 'checkpoint', name, hash }, missing))?.title;
  const titled = (key: string): Promise<string | undefined> => {
    const title = fields.text(key);
    return title === undefined || noFile.has(title) ? Promise.resolve(undefined) : checkpoint(...splitTitle(title));
  };
  const model = await checkpoint(fields.text('Model'), fields.text('Model hash')?.toLowerCase());
  const [hiresModel, refinerModel] = [await titled('Hires checkpoint'), await titled('Refiner')];
  const vaeName = fields.text('VAE');
  const vaeHash = fields.text('VAE hash')?.toLowerCase();
  const wanted = { kind: 'vae', name: vaeName, hash: vaeHash } as const;
  const vae = vaeName === undefined || ownVae.has(vaeName) ? vaeName : (await findWeights(catalogue, wanted, missing))?.name;
  return definedOnly({ model, hiresModel, refinerModel, vae });
}

/** `name [hash]` as the webui writes a checkpoint (`short_title`). */
function splitTitle(title: string): readonly [name: string, hash: string | undefined] {
  const match = /^(.*\S)\s*\[([0-9a-f]{8,64})\]$/.exec(title);
  return match ? [match[1] as string, match[2]] : [title, undefined];
}

const definedOnly = (models: { readonly [K in keyof PastedModels]: PastedModels[K] | undefined }): PastedModels =>
  Object.fromEntries(Object.entries(models).filter(([, value]) => value !== undefined));
