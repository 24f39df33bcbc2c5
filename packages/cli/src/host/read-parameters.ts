import type { Host, Pasted, PictureInfo } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import { readPictureFile } from './read-picture-file.js';

export interface ReadParameters {
  readonly bytes: Uint8Array;
  readonly info: PictureInfo & { readonly parameters: string };
  readonly pasted: Pasted;
}

/** A picture file's parameters and what the host understands of them. @throws HostError IMAGE_INVALID, IMAGE_NO_PARAMETERS naming the file */
export async function readParameters(host: Host, path: string, folder: string): Promise<ReadParameters> {
  const bytes = await readPictureFile(path, folder);
  const { parameters, ...info } = await host.pictureInfo(bytes, path);
  if (parameters === undefined || parameters.trim() === '') throw new HostError('IMAGE_NO_PARAMETERS', { name: path });
  return { bytes, info: { ...info, parameters }, pasted: await host.paste(parameters) };
}
