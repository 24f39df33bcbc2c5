import type { ScheduleNode } from './schedule-node.js';
import { whiteSpace } from './white-space.js';

const tokens = /[^\\[\]():|]+|\\[^\n]|[\\[\]():|]/gu;
const number = new RegExp(`^[${whiteSpace}]*([+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?)[${whiteSpace}]*$`);
/** Brackets open at once; attention syntax refuses deeper ones. */
const deepest = 256;

/** An open bracket: what stands in it so far, cut at its separators. */
interface Frame {
  readonly open: '(' | '[';
  readonly sections: ScheduleNode[][];
  readonly separators: string[];
}

/**
 * Reads the schedule grammar (a1111.md §5.1; `schedule_parser` of the webui) in one pass. A bracket that is no structure
 * stays text, and so do those around it. Undefined: the text is not grammatical at all (a stray `|`, a backslash at the
 * end, brackets deeper than 256) and means itself.
 */
export function parseSchedule(text: string): readonly ScheduleNode[] | undefined {
  const parser = new ScheduleParser();
  for (const [token] of text.matchAll(tokens)) if (!parser.read(token)) return undefined;
  return parser.finish();
}

class ScheduleParser {
  readonly #document: ScheduleNode[] = [];
  #stack: Frame[] = [];

  /** False: no document of the grammar has this here. */
  read(token: string): boolean {
    if (token === '\\') return false;
    if (token === '[' || token === '(') return this.#stack.push({ open: token, sections: [[]], separators: [] }) <= deepest;
    if (token === ']' || token === ')') return this.#close(token);
    const frame = this.#stack.at(-1);
    if (token === '|' && frame?.open !== '[') return false;
    if (frame && (token === ':' || token === '|')) {
      frame.separators.push(token);
      frame.sections.push([]);
    } else append(frame?.sections.at(-1) ?? this.#document, token);
    return true;
  }

  finish(): readonly ScheduleNode[] | undefined {
    return this.#giveUp() ? this.#document : undefined;
  }

  #close(token: ']' | ')'): boolean {
    const frame = this.#stack.at(-1);
    const nodes = frame && structure(frame, token);
    if (!nodes) {
      const legal = this.#giveUp();
      append(this.#document, token);
      return legal;
    }
    this.#stack.pop();
    const target = this.#stack.at(-1)?.sections.at(-1) ?? this.#document;
    for (const node of nodes) append(target, node);
    return true;
  }

  /** The open brackets are stray: they and their separators are text. False if one of them holds a `|`. */
  #giveUp(): boolean {
    const frames = this.#stack;
    this.#stack = [];
    for (const { open, sections, separators } of frames) {
      if (separators.includes('|')) return false;
      append(this.#document, open);
      for (const [i, section] of sections.entries()) {
        if (i > 0) append(this.#document, ':');
        for (const node of section) append(this.#document, node);
      }
    }
    return true;
  }
}

/** What a closed bracket means; undefined: nothing. */
function structure({ open, sections, separators }: Frame, close: ']' | ')'): readonly ScheduleNode[] | undefined {
  const [first = [], second = []] = sections;
  if (open === '(') {
    if (close !== ')' || sections.length > 2) return undefined;
    return ['(', ...first, ...(sections.length === 2 ? [':', ...second] : []), ')'];
  }
  if (close !== ']') return undefined;
  if (sections.length === 1) return ['[', ...first, ']'];
  if (separators.every((separator) => separator === '|')) return [{ kind: 'alternate', options: sections }];
  if (sections.length > 3 || separators.includes('|')) return undefined;
  const when = readNumber(sections.at(-1) ?? []);
  if (when === undefined) return undefined;
  return [
    sections.length === 2
      ? { kind: 'scheduled', before: [], after: first, when }
      : { kind: 'scheduled', before: first, after: second, when },
  ];
}

function readNumber([node, ...more]: readonly ScheduleNode[]): string | undefined {
  return typeof node === 'string' && more.length === 0 ? number.exec(node)?.[1] : undefined;
}

/** Neighbouring texts are one. */
function append(nodes: ScheduleNode[], node: ScheduleNode): void {
  const last = nodes.at(-1);
  if (typeof last === 'string' && typeof node === 'string') nodes[nodes.length - 1] = last + node;
  else nodes.push(node);
}
