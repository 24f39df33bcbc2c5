import type { Host } from '@armature/core';

export interface RequestOptions {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
}

/**
 * `override_settings` → settings of this request. The webui has many options that would change nothing here, and fails for one it
 * has not: here both are left out, and the answer names them. Null leaves an option as it is.
 */
export function optionsOf(host: Pick<Host, 'settings'>, given: Readonly<Record<string, unknown>> | null): RequestOptions {
  const known = host.settings();
  const entries = Object.entries(given ?? {}).filter(([, value]) => value !== null);
  const unknown = entries.filter(([name]) => !Object.hasOwn(known, name)).map(([name]) => name.slice(0, 100));
  return {
    settings: Object.fromEntries(entries.filter(([name]) => Object.hasOwn(known, name))),
    notes: unknown.slice(0, 20).map((name) => `There is no option ${JSON.stringify(name)} here; it was left out.`),
  };
}
