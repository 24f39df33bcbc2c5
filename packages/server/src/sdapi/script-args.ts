import type { Host } from '@armature/core';
import { HostError } from '@armature/sdk/host';
import { WebuiError } from '../guard/webui-error.js';
import { type ExtensionScript, extensionScripts } from './extension-script.js';
import type { GenerationTab } from './generation-fields.js';
import { isPageScript, isSelectableScript } from './webui-scripts.js';

type ArgsById = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * `alwayson_scripts` → arguments by extension. Titles are compared without case; the arguments are a list in the script's order,
 * an object with our names, or missing.
 * @throws WebuiError 422 for a script that is not here · HostError REQUEST_INVALID for arguments it does not take
 */
export function scriptArgs(host: Pick<Host, 'extensions'>, tab: GenerationTab, given: Readonly<Record<string, unknown>>): ArgsById {
  const scripts = extensionScripts(host.extensions());
  const args: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const [title, value] of Object.entries(given)) {
    const script = scripts.find((each) => each.title.toLowerCase() === title.toLowerCase() || each.id === title);
    if (script) args[script.id] = argsOf(script, title, value);
    else refuseUnknown(tab, title);
  }
  return args;
}

/** A script that a client picks: none is here yet. @throws WebuiError 422 */
export function refuseScript(name: string | null): void {
  if (name !== null && name !== '') throw new WebuiError(422, { detail: `Script '${name.slice(0, 200)}' not found` });
}

function refuseUnknown(tab: GenerationTab, title: string): void {
  if (isPageScript(title)) return;
  if (isSelectableScript(tab, title)) {
    throw new WebuiError(422, { detail: 'Cannot have a selectable script in the always on scripts params' });
  }
  throw new WebuiError(422, { detail: `Script '${title.slice(0, 200)}' not found` });
}

/** In a list, where null leaves the default, `enabled` is the script's own when it is not said; naming it with an object enables it. */
function argsOf(script: ExtensionScript, title: string, value: unknown): Readonly<Record<string, unknown>> {
  const given = (typeof value === 'object' && value !== null ? (value as { args?: unknown }).args : undefined) ?? [];
  const field = `alwayson_scripts.${title.slice(0, 200)}.args`;
  if (!Array.isArray(given)) {
    if (typeof given === 'object') return { ...given };
    throw new HostError('REQUEST_INVALID', {
      field,
      problem: 'give a list or an object',
      seen: String(JSON.stringify(given)).slice(0, 80),
    });
  }
  const names = script.positional;
  if (given.length > names.length) {
    const problem = `at most ${names.length} values are known here: ${names.join(', ')}`;
    throw new HostError('REQUEST_INVALID', { field, problem, seen: `${given.length} values` });
  }
  const said = Object.fromEntries(given.map((each, index) => [names[index] ?? '', each] as const).filter(([, each]) => each !== null));
  return names.includes('enabled') ? { enabled: script.enabled, ...said } : said;
}
