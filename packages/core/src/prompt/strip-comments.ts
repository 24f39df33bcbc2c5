/** Leaves out `# …` up to the end of the line; a line that is a comment leaves an empty one (the webui's `strip_comments`). */
export function stripComments(text: string): string {
  if (!text.includes('#')) return text;
  return text.replace(/(^|\n)#[^\n]*(\n|$)/g, '\n').replace(/#[^\n]*(\n|$)/g, '\n');
}
