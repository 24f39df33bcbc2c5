import type { GenerationRequest, ScriptContribution, ScriptRequest } from '@armature/sdk';
import { HostError } from '@armature/sdk/host';
import { z } from 'zod';
import type { Generation } from '../../generation/index.js';

/** A script and what it is told. */
export interface BoundScript {
  /** Id of the extension it belongs to. */
  readonly owner: string;
  readonly contribution: ScriptContribution;
  readonly args: Readonly<Record<string, unknown>>;
}

/** The script a request names, its arguments parsed by its own schema. @throws HostError SCRIPT_UNKNOWN, REQUEST_INVALID */
export function findScript(registry: Generation['registry'], request: GenerationRequest, { name, args }: ScriptRequest): BoundScript {
  const tab = request.init ? 'img2img' : 'txt2img';
  const fitting = registry.list('script').filter(({ value }) => value.tabs.includes(tab));
  const wanted = name.toLowerCase();
  const found = fitting.find(({ id, value }) => id === name || [value.name, titleOf(value)].some((each) => each.toLowerCase() === wanted));
  if (!found) throw new HostError('SCRIPT_UNKNOWN', { name, tab, known: fitting.map(({ value }) => titleOf(value)).join(', ') || 'none' });
  const contribution = found.value;
  return Object.freeze({ owner: found.owner, contribution, args: parse(contribution, args) });
}

const titleOf = ({ name, title }: ScriptContribution): string => title ?? name;

function parse(script: ScriptContribution, args: ScriptRequest['args']): BoundScript['args'] {
  const given = isList(args) ? named(script, args) : args;
  const parsed = z.strictObject(script.args).safeParse(given);
  if (parsed.success) return Object.freeze(parsed.data);
  const [issue] = parsed.error.issues;
  const stranger = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const argument = stranger ?? String(issue?.path[0] ?? '');
  const known = Object.keys(script.args).join(', ');
  const problem = stranger === undefined ? (issue?.message ?? 'invalid') : `no such argument, known are ${known}`;
  const seen = (JSON.stringify((given as BoundScript['args'])[argument]) ?? 'nothing').slice(0, 200);
  throw new HostError('REQUEST_INVALID', { field: `script.args.${argument}`, problem, seen });
}

const isList = (args: ScriptRequest['args']): args is readonly unknown[] => Array.isArray(args);

/** A client's list in the order of the schema; null leaves the default. */
function named(script: ScriptContribution, args: readonly unknown[]): BoundScript['args'] {
  const names = Object.keys(script.args);
  if (args.length > names.length) {
    const problem = `"${script.name}" takes at most ${names.length} values: ${names.join(', ')}`;
    throw new HostError('REQUEST_INVALID', { field: 'script.args', problem, seen: `${args.length} values` });
  }
  return Object.fromEntries(args.map((value, index) => [names[index], value] as const).filter(([, value]) => value !== null));
}
