// biome-ignore lint/suspicious/noControlCharactersInRegex: Windows refuses them in names
const refused = /[<>:"|?*\u0000-\u001f]/g;
const reserved = /^(?:con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(?=$|\.)/i;
/** Most file systems take 255 bytes, NTFS as many UTF-16 units. */
const longest = 255;

/**
 * A file or folder name that every system takes: characters Windows refuses become `_`, its device names get one behind
 * them. `end` stays whole when the name is cut to 255 bytes.
 */
export function portableName(name: string, end = ''): string {
  const room = longest - Buffer.byteLength(end);
  const taken = name.replace(refused, '_').replace(reserved, '$&_');
  return `${cutToBytes(taken, room)}${end}`;
}

/** A folder's: Windows drops blanks and dots at the end, so they are not written. */
export const portableFolder = (name: string): string => portableName(name.replace(/[ .]+$/, ''));

/** The longest start of a text that takes no more than so many bytes of UTF-8; characters stay whole. */
export function cutToBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let size = 0;
  let end = 0;
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > bytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}
