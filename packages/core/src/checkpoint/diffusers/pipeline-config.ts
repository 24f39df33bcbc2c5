import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError } from '@armature/sdk/host';

type Config = Readonly<Record<string, unknown>>;

/** The descriptions that lie in a diffusers folder; empty where one is missing. */
export interface PipelineConfig {
  readonly scheduler: Config;
  readonly unet: Config;
  readonly vae: Config;
  readonly textEncoder: Config;
  readonly textEncoder2: Config;
}

/** @throws HostError CKPT_FOLDER */
export async function pipelineConfig(folder: string): Promise<PipelineConfig> {
  const read = (file: string): Promise<Config> => readConfig(folder, file);
  return {
    scheduler: await read('scheduler/scheduler_config.json'),
    unet: await read('unet/config.json'),
    vae: await read('vae/config.json'),
    textEncoder: await read('text_encoder/config.json'),
    textEncoder2: await read('text_encoder_2/config.json'),
  };
}

async function readConfig(folder: string, file: string): Promise<Config> {
  const text = await readFile(join(folder, file), 'utf8').catch(() => undefined);
  if (text === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Config;
  } catch {
    // Told below.
  }
  throw new HostError('CKPT_FOLDER', { path: folder, problem: `${file} is no JSON object` });
}
