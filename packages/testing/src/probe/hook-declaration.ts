import type { HookDeclaration } from '@armature/sdk';
import { hookCatalogue } from '@armature/sdk/host';
import type { HookName } from './hook-name.js';

const phases = hookCatalogue as unknown as Readonly<Record<string, Readonly<Record<string, HookDeclaration>>>>;

/** How the catalogue declares a hook. */
export function hookDeclaration(name: HookName): HookDeclaration {
  const [phase = '', hook = ''] = name.split('.');
  return phases[phase]?.[hook] as HookDeclaration;
}
