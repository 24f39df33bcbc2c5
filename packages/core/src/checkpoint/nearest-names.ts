/** Characters compared; the work grows with the square. */
const MAX_LENGTH = 200;

/** Edits (insert, remove, replace) between two words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}

/** Names in order of likeness to the one that was asked for, letter case ignored, each once. */
export function nearestNames(names: readonly string[], wanted: string): readonly string[] {
  const asked = wanted.slice(0, MAX_LENGTH).toLowerCase();
  const ranked = [...new Set(names)].map((name) => [editDistance(asked, name.slice(0, MAX_LENGTH).toLowerCase()), name] as const);
  return ranked.sort((a, b) => a[0] - b[0]).map(([, name]) => name);
}

/**
 * `Did you mean "…"? ` for the name that was probably meant, else nothing: a third of its letters may differ, or it holds
 * what was asked for.
 */
export function meantHint(names: readonly string[], wanted: string): string {
  const asked = wanted.slice(0, MAX_LENGTH).toLowerCase();
  const [nearest = ''] = nearestNames(names, wanted);
  const near = editDistance(asked, nearest.slice(0, MAX_LENGTH).toLowerCase()) <= Math.ceil(Math.min(asked.length, nearest.length) / 3);
  const meant = near ? nearest : names.find((name) => asked.length > 2 && name.toLowerCase().includes(asked));
  return meant ? `Did you mean "${meant}"? ` : '';
}
