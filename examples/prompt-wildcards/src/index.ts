import { ASSETS, defineExtension, field, type JobInfo, type PromptText, STORAGE } from '@armature/sdk';

const args = {
  template: field.prompt().label('Template of the prompt').infotext('Wildcard prompt'),
  negativeTemplate: field.prompt().label('Template of the negative prompt').infotext('Wildcard negative prompt'),
};
const deepest = 8;
const most = 500;
const wildcard = /__([\p{L}\p{N}./ -][\p{L}\p{N}_./ -]*?)__/gu;

/** The lines of one list; none when there is no such list. */
type Lists = (name: string) => Promise<readonly string[]>;

/**
 * `__animals__` becomes a line of `animals.txt`: one of the user's in the extension's storage folder, else one that came
 * with it. Lines may name other lists. What is drawn depends on the picture's seed alone.
 */
export default defineExtension({
  args,
  setup({ hooks, use, log }) {
    const storage = use(STORAGE);
    const assets = use(ASSETS);
    const templates = new WeakMap<JobInfo, Map<number, PromptText>>();

    const lists: Lists = async (name) => {
      try {
        // Both refuse a name that leaves their folder.
        const bytes = (await storage.read(`${name}.txt`)) ?? (await assets.read(`wildcards/${name}.txt`));
        if (bytes) return linesOf(new TextDecoder().decode(bytes));
        log.warn(`there is no list "${name}": put ${name}.txt into ${storage.folder}`);
      } catch (error) {
        // A mistake of whoever wrote the prompt: were it thrown, it would count as a fault of this extension.
        log.warn(`"${name}" is no list: ${String(error)}`);
      }
      return [];
    };

    hooks.prompt.text.tap(async (text, { job, index, seed, args }) => {
      // A picture made again brings its template; its prompt was drawn before.
      if (args.template || args.negativeTemplate) return;
      const drawing = new Drawing(lists, seed);
      const prompt = await drawing.expand(text.prompt);
      const negativePrompt = await drawing.expand(text.negativePrompt);
      const changed = (before: string, after: string): string => (before === after ? '' : before);
      const template = { prompt: changed(text.prompt, prompt), negativePrompt: changed(text.negativePrompt, negativePrompt) };
      const known = templates.get(job) ?? new Map<number, PromptText>();
      // The hires pass asks again, with its own text: the first template is the picture's.
      if (!known.has(index)) templates.set(job, known.set(index, template));
      return { prompt, negativePrompt };
    });

    hooks.image.infotext.tap((infotext, { job, index, args: given }) => {
      // Drawn now, or brought by a picture made again: last in the parameters, before the version.
      const drawn = templates.get(job)?.get(index) ?? { prompt: given.template, negativePrompt: given.negativeTemplate };
      const { Version = null, 'Wildcard prompt': _, 'Wildcard negative prompt': __, ...fields } = Object.fromEntries(infotext.fields);
      const added = { 'Wildcard prompt': drawn.prompt || null, 'Wildcard negative prompt': drawn.negativePrompt || null };
      return { ...infotext, fields: new Map(Object.entries({ ...fields, ...added, Version })) };
    });
  },
});

const linesOf = (text: string): readonly string[] =>
  text.split(/\r?\n/).flatMap((line) => (line.trim() === '' || line.startsWith('#') ? [] : [line.trim()]));

/** What one picture draws, in the order in which its prompt asks. What nests too deep or draws too often stays as it is written. */
class Drawing {
  readonly #lists: Lists;
  readonly #random: () => number;
  #drawn = 0;

  constructor(lists: Lists, seed: number) {
    this.#lists = lists;
    this.#random = seeded(seed);
  }

  async expand(text: string, depth = 0): Promise<string> {
    let expanded = '';
    let end = 0;
    for (const match of depth < deepest ? text.matchAll(wildcard) : []) {
      expanded += text.slice(end, match.index) + (await this.#draw(match, depth));
      end = match.index + match[0].length;
    }
    return expanded + text.slice(end);
  }

  async #draw([whole, name = '']: RegExpMatchArray, depth: number): Promise<string> {
    if (++this.#drawn > most) return whole;
    const lines = await this.#lists(name);
    const line = lines[Math.floor(this.#random() * lines.length)];
    return line === undefined ? whole : this.expand(line, depth + 1);
  }
}

/** Numbers in 0…1 from a seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
