/**
 * CLIP's printable stand-in for each byte, in the order of the vocabulary's first 256 entries: the printable Latin-1
 * characters first, then the others moved to U+0100 and up (GPT-2's `bytes_to_unicode`).
 */
function printableBytes(): readonly { readonly byte: number; readonly character: string }[] {
  const isPrintable = (byte: number): boolean => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
  const bytes = Array.from({ length: 256 }, (_, byte) => byte);
  const printable = bytes.filter(isPrintable);
  const others = bytes.filter((byte) => !isPrintable(byte));
  return [
    ...printable.map((byte) => ({ byte, character: String.fromCharCode(byte) })),
    ...others.map((byte, place) => ({ byte, character: String.fromCharCode(256 + place) })),
  ];
}

export const byteAlphabet = Object.freeze(printableBytes());
