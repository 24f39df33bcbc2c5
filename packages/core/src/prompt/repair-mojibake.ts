/** What Windows-1252 has at 0x80…0x9f; holes are the control characters themselves. */
const windows = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const byteOf = new Map(Array.from(windows, (character, i) => [character, 0x80 + i]));
const utf8 = new TextDecoder('utf-8', { fatal: true });

const continuation = `[\\u0080-\\u00bf${windows}]`;
/** UTF-8 in which every byte was read as a character: what begins with Â or Ã, and everything of three and four bytes. */
const misread = new RegExp(`(?:[\\u00c2\\u00c3]${continuation}|[\\u00e0-\\u00ef]${continuation}{2}|\\u00f0${continuation}{3})+`, 'g');
const c1 = /[\u0080-\u009f]/g;

/**
 * `cafÃ©` → `café`: UTF-8 that was read as Latin-1 or Windows-1252, and control characters that Windows-1252 has letters for. Of
 * `ftfy`, which also knows Cyrillic, Greek and Macintosh encodings, this is the part that occurs in prompts.
 */
export function repairMojibake(text: string): string {
  return text
    .replace(misread, (run) => {
      try {
        return utf8.decode(Uint8Array.from(run, (character) => byteOf.get(character) ?? character.charCodeAt(0)));
      } catch {
        return run;
      }
    })
    .replace(c1, (character) => windows[character.charCodeAt(0) - 0x80] ?? character);
}
