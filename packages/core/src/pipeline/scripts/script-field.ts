import type { ScriptFields } from '@armature/sdk';

/** A value a script tells, beside the text that Python would write for it. */
export function scriptField(value: ScriptFields[string]): { readonly text: string; readonly value: ScriptFields[string] } {
  const text = typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
  return { text, value };
}
