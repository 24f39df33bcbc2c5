import type { Host, RequestInput } from '@armature/core';
import { alwaysonArgs, hasScriptTitle } from '@armature/sdk/host';
import { WebuiError } from '../guard/webui-error.js';
import { type ExtensionScript, extensionScripts } from './extension-script.js';
import type { GenerationFields, GenerationTab } from './generation-fields.js';
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
    const script = scripts.find((each) => each.id === title || hasScriptTitle({ a1111: each }, title));
    if (script) args[script.id] = argsOf(script, value);
    else refuseUnknown(tab, title);
  }
  return args;
}

/** A script that a client picks, with its list. @throws WebuiError 422 */
export function pickedScript(
  host: Pick<Host, 'contributions'>,
  tab: GenerationTab,
  { script_name: name, script_args: args }: Pick<GenerationFields, 'script_name' | 'script_args'>,
): RequestInput['script'] {
  if (name === null || name === '') return undefined;
  const wanted = name.toLowerCase();
  const found = host
    .contributions('script')
    .find(({ value }) => (value.title ?? value.name).toLowerCase() === wanted && value.tabs.includes(tab));
  if (!found) throw new WebuiError(422, { detail: `Script '${name.slice(0, 200)}' not found` });
  return { name: found.id, args: args ?? [] };
}

function refuseUnknown(tab: GenerationTab, title: string): void {
  if (isPageScript(title)) return;
  if (isSelectableScript(tab, title)) {
    throw new WebuiError(422, { detail: 'Cannot have a selectable script in the always on scripts params' });
  }
  throw new WebuiError(422, { detail: `Script '${title.slice(0, 200)}' not found` });
}

/** In a list `enabled` is the script's own when it is not said; naming it with an object enables it. Missing: an empty list. */
function argsOf(script: ExtensionScript, value: unknown): Readonly<Record<string, unknown>> {
  const given = (typeof value === 'object' && value !== null ? (value as { args?: unknown }).args : undefined) ?? [];
  const said = alwaysonArgs(script.id, { a1111: script }, given);
  return Array.isArray(given) && script.positional.includes('enabled') ? { enabled: script.enabled, ...said } : said;
}
