interface Signature {
  readonly starts: readonly string[];
  readonly meaning: string;
}

/** First bytes (as latin-1 text) of files that people take for safetensors files. */
const signatures: readonly Signature[] = [
  {
    starts: ['<!', '<html', '<HTML', '<head', '<?xml'],
    meaning: 'it is a web page: the download saved an error or login page; download it again',
  },
  { starts: ['version https://git-lfs'], meaning: 'it is a Git LFS pointer; run "git lfs pull" to get the file itself' },
  { starts: ['GGUF'], meaning: 'it is a GGUF file; take the .safetensors version of the model' },
  { starts: ['\x89HDF'], meaning: 'it is an HDF5 file; take the .safetensors version of the model' },
  { starts: ['\x89PNG', '\xff\xd8\xff', 'RIFF', 'GIF8'], meaning: 'it is a picture; the model is another file' },
  { starts: ['\x1f\x8b', '7z\xbc\xaf', 'Rar!'], meaning: 'it is an archive; unpack it first' },
  { starts: ['{', '['], meaning: 'it is a JSON file; the model is another file' },
];

/** What a file that is no safetensors file looks like, by its first bytes; ends with the next step. */
export function describeFileStart(start: Uint8Array): string {
  const text = new TextDecoder('latin1').decode(start.subarray(0, 512));
  const known = signatures.find(({ starts }) => starts.some((prefix) => text.trimStart().startsWith(prefix)));
  if (known) return known.meaning;
  const printable = [...text].filter((c) => (c >= ' ' && c <= '~') || c === '\n' || c === '\r' || c === '\t').length;
  if (printable > text.length * 0.95) {
    return `it is plain text that begins with ${JSON.stringify(text.slice(0, 32))}; the name may be wrong or the download failed`;
  }
  return 'its first 8 bytes give no sensible header length; the download may be damaged';
}
