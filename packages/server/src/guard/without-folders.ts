/** An absolute path's folders: a client is told the name of a file, not where it lies. Addresses on the web are left alone. */
const folders = /(?<![\w.:/\\])(?:[A-Za-z]:)?[\\/](?:[^\\/'":\n]+[\\/])+/g;

export const withoutFolders = (text: string): string => text.replaceAll(folders, '');
