import type { NetworkFile } from './network-file.js';
import type { NetworkTrouble } from './planned-changes.js';

const shown = 5;

/** What of a file did not work out with a checkpoint. */
interface Trouble {
  readonly unmatched: readonly string[];
  /** Module → what was wrong. */
  readonly failed: ReadonlyMap<string, string>;
}

const none: Trouble = { unmatched: [], failed: new Map() };

/** What did not work out, by checkpoint and file: a session that is taken from the pool has the same troubles again. */
export class TroubleBook {
  readonly #known = new Map<string, Trouble>();

  /** Writes down what is found while the weights of a checkpoint are merged. */
  of(checkpoint: string): NetworkTrouble {
    const change = (file: NetworkFile, more: (known: Trouble) => Partial<Trouble>): void => {
      const key = keyOf(checkpoint, file);
      const known = this.#known.get(key) ?? none;
      this.#known.set(key, { ...known, ...more(known) });
    };
    return {
      unmatched: ({ file }, modules) => change(file, () => ({ unmatched: modules })),
      failed: ({ file }, module, problem) => change(file, ({ failed }) => ({ failed: new Map(failed).set(module, problem) })),
    };
  }

  /** A line for each thing that did not work out for a network in some of the checkpoints. */
  lines(name: string, file: NetworkFile, checkpoints: Iterable<string>): readonly string[] {
    const all = file.modules.length + file.unknown.length;
    return [...checkpoints].flatMap((checkpoint) => {
      const { unmatched, failed } = this.#known.get(keyOf(checkpoint, file)) ?? none;
      const problems = [...failed].map(([module, problem]) => `${module} (${problem})`);
      return [
        ...(unmatched.length > 0 ? [`LoRA ${name}: ${unmatched.length} of ${all} modules are not in this model: ${some(unmatched)}`] : []),
        ...(problems.length > 0 ? [`LoRA ${name}: ${problems.length} of ${all} modules are left out: ${some(problems)}`] : []),
      ];
    });
  }
}

const keyOf = (checkpoint: string, file: NetworkFile): string => `${checkpoint}|${file.weightsId}`;

const some = (words: readonly string[]): string =>
  words.slice(0, shown).join(', ') + (words.length > shown ? ` and ${words.length - shown} more` : '');
