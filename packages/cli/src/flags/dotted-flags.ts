import { requestParts } from './part-flags.js';

/** A flag of an extension: `--late-sharpen.from 0.6`. */
export interface DottedFlag {
  /** As written, `--late-sharpen.from`. */
  readonly flag: string;
  /** `late-sharpen`, or the whole id `jane.late-sharpen`. */
  readonly extension: string;
  readonly arg: string;
  readonly value: string | undefined;
  /** The value was the next word of the line; it may not be one, where the argument turns out to be a switch. */
  readonly loose: boolean;
}

const dottedFlag = /^--([\w-]+(?:\.[\w-]+)*)\.([\w-]+)(?:=(.*))?$/s;
const looksLikeFlag = /^-[^\d.]/;

/** Takes the flags of extensions out of a command line. What follows `--` is left alone, and so are flags of the request's own parts. */
export function splitDottedFlags(argv: readonly string[]): { readonly rest: readonly string[]; readonly dotted: readonly DottedFlag[] } {
  const rest: string[] = [];
  const dotted: DottedFlag[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] as string;
    if (word === '--') return { rest: [...rest, ...argv.slice(index)], dotted };
    const match = dottedFlag.exec(word);
    if (!match || requestParts.has(match[1] as string)) {
      rest.push(word);
      continue;
    }
    const [, extension = '', arg = '', written] = match;
    const next = argv[index + 1];
    const loose = written === undefined && next !== undefined && !looksLikeFlag.test(next);
    if (loose) index++;
    dotted.push({ flag: `--${extension}.${arg}`, extension, arg, value: loose ? next : written, loose });
  }
  return { rest, dotted };
}
