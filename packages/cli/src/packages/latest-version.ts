import { stat } from 'node:fs/promises';
import { z } from 'zod';
import type { Terminal } from '../terminal.js';
import type { LockEntry } from './extension-lock.js';
import { runNpm } from './run-npm.js';

const answer = z.object({ version: z.string() }).or(z.array(z.object({ version: z.string() })).min(1));

/**
 * The version a package has at its source now: what the registry calls latest, or what stands in the folder or file. Undefined:
 * that folder or file is gone. @throws HostError PACKAGE_NOT_FOUND, PACKAGE_UNREACHABLE, PACKAGE_FAILED
 */
export async function latestVersion(entry: Pick<LockEntry, 'kind' | 'package' | 'from'>, terminal: Terminal): Promise<string | undefined> {
  const { kind, from } = entry;
  const call = { folder: terminal.folder, about: kind === 'registry' ? entry.package : from };
  if (kind === 'registry') return newest(await runNpm(['view', '--', entry.package, 'version'], call, terminal));
  if (!(await stat(from).catch(() => undefined))) return undefined;
  return newest(await runNpm(['pack', '--dry-run', '--', from], call, terminal));
}

function newest(said: unknown): string {
  if (typeof said === 'string') return said;
  const parsed = answer.parse(said);
  return (Array.isArray(parsed) ? parsed.at(-1) : parsed)?.version ?? '';
}
