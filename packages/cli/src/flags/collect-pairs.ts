import { HostError } from '@armature/sdk/host';

/** Collects `--set name=value` as text, for values whose types are known later. @throws HostError REQUEST_INVALID */
export function collectPairs(text: string, earlier: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new HostError('REQUEST_INVALID', { field: '--set', problem: 'expected name=value, as in resolution=768', seen: text });
  return { ...earlier, [text.slice(0, at).trim()]: text.slice(at + 1) };
}
