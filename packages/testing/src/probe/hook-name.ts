import type { HookCatalogue, Phase } from '@armature/sdk';
import { hookCatalogue } from '@armature/sdk/host';

/** `sampling.guided` */
export type HookName = { [P in Phase]: `${P}.${keyof HookCatalogue[P] & string}` }[Phase];

/** One hook, all hooks of a phase, or all of them. */
export type HookPattern = HookName | `${Phase}.*` | '*';

const known: readonly HookName[] = Object.entries(hookCatalogue).flatMap(([phase, hooks]) =>
  Object.keys(hooks).map((hook) => `${phase}.${hook}` as HookName),
);

/** The hooks that patterns name, in the order of the catalogue. @throws RangeError for a pattern that names none */
export function hooksOf(patterns: readonly HookPattern[]): readonly HookName[] {
  const named = new Set<HookName>();
  for (const pattern of patterns) {
    const found = known.filter((name) => pattern === '*' || pattern === name || pattern === `${name.split('.')[0]}.*`);
    if (found.length === 0) throw new RangeError(`there is no hook ${JSON.stringify(pattern)}; known are *, ${known.join(', ')}`);
    for (const name of found) named.add(name);
  }
  return known.filter((name) => named.has(name));
}
