import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ByteReader } from './byte-reader.js';
import { knownGlobal, valueOfCall } from './known-globals.js';
import type { PickleValue } from './pickle-value.js';

/** Turns a persistent id into a value. */
export type PersistentLoad = (id: PickleValue, fail: (problem: string) => never) => PickleValue;

const MARK = Symbol('mark');
/** The largest training checkpoints take some hundred thousand. */
const mostSteps = 5_000_000;
const mostValues = 1_000_000;
/** Steps before the event loop gets a turn. */
const slice = 50_000;

type Operation = (machine: PickleMachine) => void;

/**
 * Reads a pickle (protocols 0 to 5, as far as PyTorch writes them) as data: classes are names, calls are looked up in a
 * table, everything else is refused. @throws HostError CKPT_PICKLE
 */
export class PickleMachine {
  readonly reader: ByteReader;
  readonly #load: PersistentLoad;
  readonly #memo = new Map<number, PickleValue>();
  #stack: (PickleValue | typeof MARK)[] = [];
  #done = false;

  constructor(reader: ByteReader, load: PersistentLoad) {
    this.reader = reader;
    this.#load = load;
  }

  async run(): Promise<PickleValue> {
    for (let step = 1; !this.#done; step++) {
      const code = this.reader.u8();
      const operation = operations.get(code);
      if (!operation) this.fail(`an instruction no weights file has (0x${code.toString(16)})`);
      else operation(this);
      if (step > mostSteps || this.#stack.length > mostValues || this.#memo.size > mostValues)
        this.fail('it is longer than any checkpoint');
      if (step % slice === 0) await nextTurn();
    }
    return this.pop();
  }

  readonly fail = (problem: string): never => this.reader.fail(problem);

  push(value: PickleValue): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.pop();
    return value === MARK || value === undefined ? this.fail('it takes what is not there') : value;
  }

  top(): PickleValue {
    const value = this.#stack.at(-1);
    return value === MARK || value === undefined ? this.fail('it takes what is not there') : value;
  }

  mark(): void {
    this.#stack.push(MARK);
  }

  /** Everything above the last mark, which goes too. */
  popMark(): PickleValue[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at < 0) return this.fail('it closes what it has not opened');
    const items = this.#stack.slice(at + 1) as PickleValue[];
    this.#stack.length = at;
    return items;
  }

  put(index: number): void {
    this.#memo.set(index, this.top());
  }

  memoize(): void {
    this.put(this.#memo.size);
  }

  get(index: number): void {
    this.push(this.#memo.get(index) ?? this.fail('it recalls what it has not kept'));
  }

  global(module: string, name: string): void {
    this.push(knownGlobal(module, name, this.fail));
  }

  call(): void {
    const args = this.pop();
    this.push(valueOfCall(this.pop(), args, this.fail));
  }

  persistent(): void {
    this.push(this.#load(this.pop(), this.fail));
  }

  setItems(items: readonly PickleValue[]): void {
    const map = this.top();
    if (items.length % 2 !== 0) this.fail('a key without a value');
    if (!(map instanceof Map)) return;
    for (let i = 0; i < items.length; i += 2) map.set(items[i] as PickleValue, items[i + 1] as PickleValue);
  }

  append(items: readonly PickleValue[]): void {
    const list = this.top();
    if (Array.isArray(list)) for (const item of items) list.push(item);
  }

  stop(): void {
    this.#done = true;
    if (this.#stack.length !== 1) this.fail('it ends in the middle');
  }
}

const text = (machine: PickleMachine): string => {
  const value = machine.pop();
  return typeof value === 'string' ? value : machine.fail('a name that is no text');
};

const tuple =
  (size: number): Operation =>
  (machine) => {
    const items = Array.from({ length: size }, () => machine.pop());
    machine.push(items.reverse());
  };

/** What each instruction does; protocol in the order of Python's pickletools. */
const operations: ReadonlyMap<number, Operation> = new Map<number, Operation>(
  Object.entries<Operation>({
    '\x80': (m) => void m.reader.u8(),
    '\x95': (m) => void m.reader.u64(),
    '.': (m) => m.stop(),
    '(': (m) => m.mark(),
    '0': (m) => void m.pop(),
    '1': (m) => void m.popMark(),
    '2': (m) => m.push(m.top()),
    N: (m) => m.push(null),
    '\x88': (m) => m.push(true),
    '\x89': (m) => m.push(false),
    I: (m) => m.push(readInteger(m.reader.line(), m)),
    L: (m) => m.push(readInteger(m.reader.line().replace(/L$/, ''), m)),
    F: (m) => m.push(Number(m.reader.line())),
    J: (m) => m.push(m.reader.i32()),
    K: (m) => m.push(m.reader.u8()),
    M: (m) => m.push(m.reader.u16()),
    '\x8a': (m) => m.push(m.reader.integer(m.reader.u8())),
    '\x8b': (m) => m.push(m.reader.integer(m.reader.u32())),
    G: (m) => m.push(m.reader.f64()),
    V: (m) => m.push(m.reader.line()),
    S: (m) => m.push(m.reader.line().slice(1, -1)),
    X: (m) => m.push(m.reader.text(m.reader.u32())),
    '\x8c': (m) => m.push(m.reader.text(m.reader.u8())),
    '\x8d': (m) => m.push(m.reader.text(m.reader.u64())),
    T: (m) => m.push(m.reader.binaryText(m.reader.u32())),
    U: (m) => m.push(m.reader.binaryText(m.reader.u8())),
    B: (m) => m.push(m.reader.bytes(m.reader.u32())),
    C: (m) => m.push(m.reader.bytes(m.reader.u8())),
    '\x8e': (m) => m.push(m.reader.bytes(m.reader.u64())),
    '\x96': (m) => m.push(m.reader.bytes(m.reader.u64())),
    ']': (m) => m.push([]),
    l: (m) => m.push(m.popMark()),
    a: (m) => m.append([m.pop()]),
    e: (m) => m.append(m.popMark()),
    ')': (m) => m.push([]),
    t: (m) => m.push(m.popMark()),
    '\x85': tuple(1),
    '\x86': tuple(2),
    '\x87': tuple(3),
    '}': (m) => m.push(new Map()),
    d(m) {
      const items = m.popMark();
      m.push(new Map());
      m.setItems(items);
    },
    s(m) {
      const value = m.pop();
      m.setItems([m.pop(), value]);
    },
    u: (m) => m.setItems(m.popMark()),
    '\x8f': (m) => m.push([]),
    '\x90': (m) => m.append(m.popMark()),
    '\x91': (m) => m.push(m.popMark()),
    c: (m) => m.global(m.reader.line(), m.reader.line()),
    '\x93'(m) {
      const name = text(m);
      m.global(text(m), name);
    },
    R: (m) => m.call(),
    '\x81': (m) => m.call(),
    '\x92'(m) {
      m.pop();
      m.call();
    },
    // What an object is told after it was made never matters here.
    b: (m) => void m.pop(),
    P(m) {
      m.push(m.reader.line());
      m.persistent();
    },
    Q: (m) => m.persistent(),
    p: (m) => m.put(readInteger(m.reader.line(), m) as number),
    q: (m) => m.put(m.reader.u8()),
    r: (m) => m.put(m.reader.u32()),
    g: (m) => m.get(readInteger(m.reader.line(), m) as number),
    h: (m) => m.get(m.reader.u8()),
    j: (m) => m.get(m.reader.u32()),
    '\x94': (m) => m.memoize(),
  }).map(([code, operation]) => [code.charCodeAt(0), operation]),
);

function readInteger(line: string, machine: PickleMachine): number | boolean {
  if (line === '00') return false;
  if (line === '01') return true;
  const value = Number(line);
  return Number.isSafeInteger(value) ? value : machine.fail('a number that is none');
}
