/** What an extension can ask to be trusted with, and what each word covers. */
export const capabilities = Object.freeze({
  net: 'speaks to the network, or waits for callers',
  fs: 'reads and writes files by its own code (its own folder and storage need no such trust)',
  spawn: 'runs what was not looked at: processes, threads, native add-ons, code found by name at run time',
  env: 'reads environment variables and facts of the machine',
  graph: 'changes networks: taps of graph.* and model.weights',
} as const);

export type Capability = keyof typeof capabilities;

export const isCapability = (word: string): word is Capability => Object.hasOwn(capabilities, word);
