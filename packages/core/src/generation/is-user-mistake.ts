import { type ErrorName, type Fault, HostError, isHostError } from '@armature/sdk';

/** Exit codes of what is wrong with a request, a name or a file. */
const mistakes: ReadonlySet<number> = new Set([2, 3, 4]);

/** The extension only told what is wrong with a request or a file: that speaks for it, however often it does. */
export function isUserMistake({ code, cause }: Fault): boolean {
  const { exit } = new HostError(isHostError(cause) ? cause.code : (code as ErrorName));
  return mistakes.has(exit);
}
