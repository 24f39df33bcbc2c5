/** Globals with the power of a module. */
export const powerfulGlobals = [
  'fetch',
  'WebSocket',
  'EventSource',
  'process.env',
  'process.getBuiltinModule',
  'process.binding',
  'process.dlopen',
] as const;

const mention = /\b(?:fetch|WebSocket|EventSource)\b|\bprocess\s*(?:\.|\?\.|\[)/;

/**
 * Whether the compiler's output may reach for one of them. Words in texts and names of the code's own count too: telling them
 * apart takes a build of its own.
 */
export const mentionsGlobals = (code: string): boolean => mention.test(code);
