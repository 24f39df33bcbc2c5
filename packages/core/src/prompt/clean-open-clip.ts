import { decodeHTML } from 'entities';
import { repairMojibake } from './repair-mojibake.js';

/** Times a text may still change while it is repaired; a hostile one must not take forever. */
const mostRounds = 8;

/** Latin letters in one character that mean several (`ftfy`). */
const ligatures: Readonly<Record<string, string>> = {
  ...{
    Ĳ: 'IJ',
    ĳ: 'ij',
    ŉ: 'ʼn',
    Ǳ: 'DZ',
    ǲ: 'Dz',
    ǳ: 'dz',
    Ǆ: 'DŽ',
    ǅ: 'Dž',
    ǆ: 'dž',
    Ǉ: 'LJ',
    ǈ: 'Lj',
    ǉ: 'lj',
    Ǌ: 'NJ',
    ǋ: 'Nj',
    ǌ: 'nj',
  },
  ...{ ﬀ: 'ff', ﬁ: 'fi', ﬂ: 'fl', ﬃ: 'ffi', ﬄ: 'ffl', ﬅ: 'ſt', ﬆ: 'st' },
};
const ligature = new RegExp(`[${Object.keys(ligatures).join('')}]`, 'g');
const width = /[\uff01-\uffef]/g;
const terminalEscape = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*[a-zA-Z]`, 'g');
const code = (from: number, to = from): string => `\\u${from.toString(16).padStart(4, '0')}-\\u${to.toString(16).padStart(4, '0')}`;
const control = new RegExp(
  `[${code(0, 8)}${code(0xb)}${code(0xe, 0x1f)}${code(0x7f)}${code(0x206a, 0x206f)}${code(0xfeff)}${code(0xfff9, 0xfffc)}]`,
  'g',
);
const loneSurrogate = /\p{Surrogate}/gu;

/**
 * What OpenCLIP's tokenizer makes of a text before it reads it: repaired as by `ftfy` (of wrong encodings UTF-8 read as Latin-1 or
 * Windows-1252), HTML entities decoded, lower case.
 */
export function cleanOpenClip(text: string): string {
  const repaired = text.split('\n').map(repairLine).join('\n');
  return decodeHTML(decodeHTML(repaired)).toLowerCase();
}

/** Repairs a line until nothing changes; what may be markup keeps its entities. */
function repairLine(line: string): string {
  const entities = !line.includes('<');
  let text = line;
  for (let round = 0; round < mostRounds; round++) {
    const before = text;
    text = repairOnce(entities ? text.replace(/&#?[0-9A-Za-z]{1,24};/g, (entity) => decodeHTML(entity)) : text);
    if (text === before) break;
  }
  return text;
}

function repairOnce(text: string): string {
  return repairMojibake(text)
    .replace(ligature, (letters) => ligatures[letters] ?? letters)
    .replaceAll('\u3000', ' ')
    .replace(width, (character) => character.normalize('NFKC'))
    .replace(/[\u201c-\u201f]/g, '"')
    .replace(/[\u02bc\u2018-\u201b]/g, "'")
    .replace(/\r\n|[\r\u2028\u2029\u0085]/g, '\n')
    .replace(loneSurrogate, '\ufffd')
    .replace(terminalEscape, '')
    .replace(control, '')
    .normalize('NFC');
}
