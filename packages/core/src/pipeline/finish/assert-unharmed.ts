import { HostError } from '@armature/sdk/host';
import type { Job } from '../../jobs/index.js';
import { assertStrict } from '../assert-strict.js';
import type { Engine } from '../engine.js';

/**
 * A tap that cancellation cut short has left its picture undone, and a strict job with a fault has none: neither is written.
 * @throws HostError JOB_CANCELLED, JOB_FAULTED
 */
export function assertUnharmed(engine: Engine, job: Job): void {
  assertStrict(engine, job);
  if (job.info.signal.aborted) throw new HostError('JOB_CANCELLED', {}, { cause: job.info.signal.reason });
}
