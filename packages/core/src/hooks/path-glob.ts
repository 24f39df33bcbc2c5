const literal = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
const segmentSource = (segment: string): string => (segment === '*' ? '[^.]+' : literal(segment).replaceAll('*', '[^.]*'));

/**
 * A pattern over dotted module paths: `*` stands for one name or a part of one, `**` for any number of names, none
 * included. `unet.**.attn2` matches `unet.middle_block.1.attn2`.
 */
export function pathGlob(pattern: string): (path: string) => boolean {
  const segments = pattern.split('.').filter((segment, index, all) => segment !== '**' || all[index - 1] !== '**');
  // Written over `.a.b.c`, so that every segment brings its own dot.
  const source = segments.map((segment) => (segment === '**' ? '(?:\\.[^.]+)*' : `\\.${segmentSource(segment)}`)).join('');
  const expression = new RegExp(`^${source}$`);
  return (path) => expression.test(`.${path}`);
}
