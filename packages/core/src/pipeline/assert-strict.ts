import { HostError } from '@armature/sdk/host';
import type { OpenedJob } from '../jobs/index.js';
import type { Engine } from './engine.js';

/** A strict job goes no further once an extension has failed in it. @throws HostError JOB_FAULTED */
export function assertStrict(engine: Engine, job: OpenedJob): void {
  if (!job.info.request.strict) return;
  const { faults } = engine.generation.hooks.ledgerOf(job.info);
  const [first] = faults;
  if (!first) return;
  throw new HostError('JOB_FAULTED', { count: faults.length, first: first.message });
}
