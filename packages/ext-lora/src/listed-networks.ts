import type { CatalogueApi, WeightsApi } from '@armature/sdk';
import { countingFile } from './counting-file.js';

/** One file as the webui's `GET /sdapi/v1/loras` answers it. */
export interface ListedNetwork {
  readonly name: string;
  readonly alias: string;
  readonly path: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Metadata that the webui shows first (`metadata_tags_order`); the others follow as they stand in the file. */
const first: Readonly<Record<string, number>> = {
  ss_sd_model_name: 1,
  ss_resolution: 2,
  ss_clip_skip: 3,
  ss_num_train_images: 10,
  ss_tag_frequency: 20,
};

/** The files in the order of the folders; of two with one name the later one stands in the place of the first. A file that cannot be read has no metadata. */
export async function listedNetworks(catalogue: CatalogueApi, weights: WeightsApi): Promise<readonly ListedNetwork[]> {
  const entries = await catalogue.list('lora');
  const listed: ListedNetwork[] = [];
  for (const name of new Set(entries.map((entry) => entry.name))) {
    const path = countingFile(entries, name)?.path as string;
    const metadata = await metadataOf(path, weights);
    const alias = metadata.ss_output_name;
    listed.push({ name, alias: typeof alias === 'string' ? alias : name, path, metadata });
  }
  return listed;
}

async function metadataOf(path: string, weights: WeightsApi): Promise<Readonly<Record<string, unknown>>> {
  if (!path.toLowerCase().endsWith('.safetensors')) return {};
  try {
    const file = await weights.open(path);
    await file.close();
    const { metadata } = file;
    const place = (key: string): number => (Object.hasOwn(first, key) ? (first[key] as number) : 999);
    return Object.fromEntries([...metadata].sort(([a], [b]) => place(a) - place(b)).map(([key, text]) => [key, parsedText(text)]));
  } catch {
    return {};
  }
}

/** Text that holds a JSON object is told as one. */
function parsedText(text: string): unknown {
  if (!text.startsWith('{')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
