/** A chunk's ids with 0 behind the first end token, as OpenCLIP was trained (`process_tokens`). */
export function padAfterEnd(tokens: readonly number[], end: number): readonly number[] {
  const last = tokens.indexOf(end);
  return last < 0 ? tokens : tokens.map((token, at) => (at > last ? 0 : token));
}
