/** What the command's exit says; `docs/cli.md` has the same table. */
export const exitCodes: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'done'],
  [1, 'an error of the program itself'],
  [2, 'the command line, a setting or the configuration is wrong'],
  [3, 'a model, sampler or extension was not found'],
  [4, 'a checkpoint or picture file cannot be used'],
  [5, 'the runtime failed'],
  [6, 'an extension failed (with --strict), or could not be loaded'],
  [7, 'the pictures could not be written'],
  [8, 'again: the picture came out otherwise'],
  [130, 'stopped by Ctrl-C (143: by SIGTERM)'],
];

export const exitCodesHelp = `
Exit codes:
${exitCodes.map(([code, meaning]) => `  ${String(code).padEnd(4)}${meaning}`).join('\n')}
`;
