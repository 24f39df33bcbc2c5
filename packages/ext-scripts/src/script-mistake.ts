import { HostError } from '@armature/sdk';

/** What is wrong with an argument of a script, in words for whoever sent it. */
export const scriptMistake = (script: string, argument: string, problem: string, seen: unknown): HostError =>
  new HostError('SCRIPT_INVALID', { script, argument, problem, seen: String(JSON.stringify(seen)).slice(0, 200) });
