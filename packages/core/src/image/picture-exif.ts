import { HostError } from '@armature/sdk/host';

/** A JPEG segment holds at most 65,533 bytes behind its length field. */
const MAX_SEGMENT = 65533;
const EXIF_MARK = Buffer.from('Exif\0\0', 'latin1');

/** Puts an EXIF block into a JPEG, behind its JFIF segment. @throws HostError REQUEST_INVALID when it is too long. */
export function withJpegExif(jpeg: Uint8Array, exif: Uint8Array): Uint8Array {
  const length = EXIF_MARK.length + exif.length;
  if (length > MAX_SEGMENT) {
    throw new HostError('REQUEST_INVALID', {
      field: 'prompt',
      problem: 'too long for the metadata of a JPEG, save as PNG',
      seen: `${length} bytes`,
    });
  }
  const jfif = jpeg[2] === 0xff && jpeg[3] === 0xe0;
  const at = jfif ? 4 + (((jpeg[4] as number) << 8) | (jpeg[5] as number)) : 2;
  const head = Buffer.from([0xff, 0xe1, (length + 2) >> 8, (length + 2) & 0xff]);
  return Buffer.concat([jpeg.subarray(0, at), head, EXIF_MARK, exif, jpeg.subarray(at)]);
}

function riffChunk(type: string, data: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8);
  head.write(type, 0, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

/** The extended header of a WebP: flags (0x08 EXIF, 0x10 alpha) and size minus one, 24 bits each. */
function extendedHeader({ width, height, alpha }: PictureSize): Uint8Array {
  const data = Buffer.alloc(10);
  data[0] = 0x08 | (alpha ? 0x10 : 0);
  data.writeUIntLE(width - 1, 4, 3);
  data.writeUIntLE(height - 1, 7, 3);
  return riffChunk('VP8X', data);
}

interface PictureSize {
  readonly width: number;
  readonly height: number;
  readonly alpha: boolean;
}

/** Puts an EXIF block into a still WebP; a plain file becomes an extended one. */
export function withWebpExif(webp: Uint8Array, exif: Uint8Array, size: PictureSize): Uint8Array {
  const bytes = Buffer.from(webp);
  let body = bytes.subarray(12);
  if (body.subarray(0, 4).toString('latin1') === 'VP8X') body[8] = (body[8] as number) | 0x08;
  else body = Buffer.concat([extendedHeader(size), body]);
  const content = Buffer.concat([Buffer.from('WEBP', 'latin1'), body, riffChunk('EXIF', exif)]);
  return riffChunk('RIFF', content);
}
