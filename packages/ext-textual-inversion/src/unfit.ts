import { HostError } from '@armature/sdk';

/** @throws HostError EMBEDDING_UNFIT */
export function unfit(path: string, problem: string, cause?: unknown): never {
  throw new HostError('EMBEDDING_UNFIT', { path, problem }, { cause });
}
