const alone = (word: string): RegExp => new RegExp(`(?<![\\p{L}\\p{N}_])${word}(?![\\p{L}\\p{N}_])`, 'u');
const patterns = { AND: alone('AND'), BREAK: alone('BREAK') } as const;

/** Cuts a text at every occurrence of a word that stands alone, in the sense of Python's `\b`: letters are Unicode's. */
export const splitWord = (text: string, word: keyof typeof patterns): readonly string[] => text.split(patterns[word]);
