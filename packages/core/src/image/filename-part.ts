const invalid = /[#<>:"/\\|?*\n\r\t]/g;
/** The webui's `--filenames-max-length`, in characters. */
const longest = 128;

/**
 * A text as part of a file name (`sanitize_filename_part`): what file systems refuse becomes `_`, no blank in front, no
 * blank or dot behind, at most 128 characters.
 */
export function filenamePart(text: string, { spaces }: { readonly spaces: 'kept' | 'replaced' }): string {
  const written = (spaces === 'replaced' ? text.replaceAll(' ', '_') : text).replace(invalid, '_').replace(/^ +/, '');
  // No more than twice the length is looked at: a character takes at most two units.
  return [...written.slice(0, longest * 2)]
    .slice(0, longest)
    .join('')
    .replace(/[ .]+$/, '');
}
