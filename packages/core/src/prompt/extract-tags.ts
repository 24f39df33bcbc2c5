/** A structural tag, `<lora:name:0.8:te=1>`. */
export interface PromptTag {
  readonly kind: string;
  /** Arguments without a name, in order. */
  readonly args: readonly string[];
  /** Arguments written `name=value`. */
  readonly named: Readonly<Record<string, string>>;
}
export interface TaggedPrompt {
  /** The prompt without its tags. */
  readonly text: string;
  /** In order of appearance. */
  readonly tags: readonly PromptTag[];
}

const tagPattern = /<(\w+):([^>]+)>/g;

/** Lifts the tags out of a prompt (the webui's `parse_prompt` of extra networks). An item with exactly one `=` is named. */
export function extractTags(prompt: string): TaggedPrompt {
  const tags: PromptTag[] = [];
  // Nothing behind the last `>` can be a tag: looking there would take quadratic time.
  const end = prompt.lastIndexOf('>') + 1;
  const text = prompt.slice(0, end).replace(tagPattern, (_whole, kind: string, items: string) => {
    tags.push(readTag(kind, items.split(':')));
    return '';
  });
  return { text: text + prompt.slice(end), tags };
}

function readTag(kind: string, items: readonly string[]): PromptTag {
  const named = new Map<string, string>();
  const args: string[] = [];
  for (const item of items) {
    const [name = '', value, ...more] = item.split('=');
    if (value === undefined || more.length > 0) args.push(item);
    else named.set(name, value);
  }
  return Object.freeze({ kind, args: Object.freeze(args), named: Object.freeze(Object.fromEntries(named)) });
}
