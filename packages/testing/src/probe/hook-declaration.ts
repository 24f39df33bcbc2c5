import { type HookDeclaration, hookCatalogue } from '@armature/sdk';
import type { HookName } from './hook-name.js';

const phases = hookCatalogue as unknown as Readonly<Record<string, Readonly<Record<string, HookDeclaration>>>>;

/** How the catalogue declares a hook. */
export function hookDeclaration(name: HookName): HookDeclaration {
  const [phase = '', hook = ''] = name.split('.');
  return phases[phase]?.[hook] as HookDeclaration;
}
