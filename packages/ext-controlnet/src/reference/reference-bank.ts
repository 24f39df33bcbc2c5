import { type FeedValue, IntTensor, Tensor, type TensorHandle } from '@armature/sdk';
import { commonNames, placeNames } from './reference-inputs.js';

/** Fidelity from which on the original computes what rows are without the reference. */
const least = 1e-5;

interface Kept {
  readonly handle: TensorHandle;
  /** Of each unit that has written here. */
  readonly styles: readonly number[];
}

type Inputs = Readonly<Record<string, readonly FeedValue[]>>;

interface Rows {
  readonly rows: number;
  readonly positiveRows: number;
}

/** What modules of one kind have kept in a step: in the runtime process, by path. */
export class ReferenceBank {
  readonly #kept = new Map<string, Kept>();

  /** What a run that writes goes on from. */
  soFar(paths: readonly string[]): Inputs {
    return Object.fromEntries(
      paths.flatMap((path) => {
        const kept = this.#kept.get(path);
        return kept ? [[placeNames(path).bank, [kept.handle]]] : [];
      }),
    );
  }

  /** Takes what a run with `style` has written. */
  take(paths: readonly string[], outputs: Readonly<Record<string, TensorHandle>>, style: number): void {
    for (const path of paths) {
      const handle = outputs[placeNames(path).kept];
      if (handle) this.#kept.set(path, { handle, styles: [...(this.#kept.get(path)?.styles ?? []), style] });
    }
  }

  /** Hands everything to the run that reads it; as in the original nothing is left for another. */
  read({ rows, positiveRows }: Rows): Inputs {
    const inputs: Record<string, readonly FeedValue[]> = {};
    let mixes = false;
    for (const [path, { handle, styles }] of this.#kept) {
      const mean = styles.reduce((sum, style) => sum + style, 0) / styles.length;
      const style = mean > least ? mean : 0;
      mixes ||= style > 0 && positiveRows < rows;
      const { bank, style: name } = placeNames(path);
      inputs[bank] = [handle];
      inputs[name] = [
        new Tensor(
          Array.from({ length: rows }, (_, row) => (row < positiveRows ? 0 : style)),
          [rows],
        ),
      ];
    }
    this.#kept.clear();
    return mixes ? { ...inputs, ...mixedRows({ rows, positiveRows }) } : inputs;
  }
}

/** Negative rows are computed a second time, and taken from behind all others then. */
function mixedRows({ rows, positiveRows }: Rows): Inputs {
  const negative = Array.from({ length: rows - positiveRows }, (_, at) => positiveRows + at);
  const order = Array.from({ length: rows }, (_, row) => (row < positiveRows ? row : rows + row - positiveRows));
  return { [commonNames.negative]: [new IntTensor(negative, [negative.length])], [commonNames.order]: [new IntTensor(order, [rows])] };
}
