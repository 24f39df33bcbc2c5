const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The text of a PNG's `tEXt` chunk with this keyword; undefined where there is none, or where the file is no PNG. */
export function pngText(bytes: Uint8Array, keyword: string): string | undefined {
  if (signature.some((byte, at) => bytes[at] !== byte)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const latin = (from: number, to: number): string => Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1');
  for (let at = 8; at + 12 <= bytes.length; ) {
    const start = at + 8;
    const end = start + view.getUint32(at);
    if (end + 4 > bytes.length) return undefined;
    const head = start + keyword.length + 1;
    if (latin(at + 4, start) === 'tEXt' && head <= end && latin(start, head) === `${keyword}\0`) return latin(head, end);
    at = end + 4;
  }
  return undefined;
}
