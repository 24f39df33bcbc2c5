import { HostError } from '@armature/sdk/host';
import { type DecodeOptions, openImage } from './decode-image.js';
import { readExifComment } from './exif-comment.js';
import { isPng, readPngText } from './png-text.js';

/** What a picture file says beside its pixels. */
export interface PictureText {
  /** Pixels, with the EXIF orientation applied. */
  readonly width: number;
  readonly height: number;
  /** The EXIF UserComment, else the PNG text `parameters`. */
  readonly parameters: string | undefined;
  /** The other PNG texts by keyword. */
  readonly items: Readonly<Record<string, string>>;
}

/** Reads the texts of a PNG, JPEG or WebP (`read_info_from_image`); pixels are not decoded. @throws HostError IMAGE_INVALID */
export async function readPictureText(bytes: Uint8Array, { name = 'given' }: DecodeOptions = {}): Promise<PictureText> {
  const { parameters, ...items } = isPng(bytes) ? Object.fromEntries(readPngText(bytes, name)) : ({} as Record<string, string>);
  try {
    const { width, height, exif, autoOrient } = await openImage(bytes, name).metadata();
    const comment = exif && readExifComment(exif);
    return { width: autoOrient?.width ?? width, height: autoOrient?.height ?? height, parameters: comment || parameters, items };
  } catch (error) {
    if (error instanceof HostError) throw error;
    throw new HostError('IMAGE_INVALID', { name, problem: (error as Error).message }, { cause: error });
  }
}
