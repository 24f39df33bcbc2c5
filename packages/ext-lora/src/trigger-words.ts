import type { ModelDescription } from '@armature/sdk';

type Triggers = NonNullable<ModelDescription['triggers']>;

const most = 100;

/** The phrase its author wrote down, then the captions it was trained with, the most frequent first. */
export function triggerWords(metadata: ReadonlyMap<string, string>): Triggers {
  const phrase = (metadata.get('modelspec.trigger_phrase') ?? '').split(',').map((word) => word.trim());
  const counts = new Map<string, number>();
  for (const folder of Object.values(recordOf(parsed(metadata.get('ss_tag_frequency') ?? '')))) {
    for (const [tag, count] of Object.entries(recordOf(folder))) {
      const word = tag.trim();
      if (word !== '' && typeof count === 'number') counts.set(word, (counts.get(word) ?? 0) + count);
    }
  }
  const written = [...new Set(phrase)].filter((word) => word !== '').map((word) => ({ word, ...countOf(counts.get(word)) }));
  const trained = [...counts].filter(([word]) => !phrase.includes(word)).sort(([, a], [, b]) => b - a);
  return [...written, ...trained.map(([word, count]) => ({ word, count }))].slice(0, most);
}

const countOf = (count: number | undefined): { readonly count?: number } => (count === undefined ? {} : { count });
const recordOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
