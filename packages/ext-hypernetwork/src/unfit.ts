import { HostError } from '@armature/sdk';

/** @throws HostError HYPERNET_UNFIT */
export function unfit(path: string, problem: string): never {
  throw new HostError('HYPERNET_UNFIT', { path, problem });
}
