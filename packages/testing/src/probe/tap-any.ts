import type { HookName } from './hook-name.js';

// biome-ignore lint/suspicious/noExplicitAny: the name decides at run time what the tap is given
type AnyTap = (fn: (...args: any[]) => unknown, options: object) => void;

/** Taps a hook whose name is known only at run time. `hooks`: what `setup` was given. */
export function tapAny(hooks: object, name: HookName, ...args: Parameters<AnyTap>): void {
  const [phase = '', hook = ''] = name.split('.');
  (hooks as Readonly<Record<string, Readonly<Record<string, { readonly tap: AnyTap }>>>>)[phase]?.[hook]?.tap(...args);
}
