import type { Fault } from '../fault.js';
import type { JobScope } from './contexts.js';
import { first, observe, record } from './kinds.js';
import { isText, isTextOrAbsent } from './predicates.js';

export interface AdmitAnswer {
  /** Why the job may not run. */
  readonly reject: string;
  /** The field of the request that is wrong, `extensions.you.thing.name`: it is refused as one that no schema lets pass. Absent: turned away. */
  readonly field?: string;
  /** Beside `field`: the value seen there. */
  readonly seen?: string;
}
export interface JobOutcome {
  readonly status: 'done' | 'cancelled' | 'failed';
  readonly faults: readonly Fault[];
  readonly milliseconds: number;
}

export const jobHooks = {
  /** Turns a job away before it is queued. */
  admit: first<JobScope['job'], AdmitAnswer, JobScope>(
    record<AdmitAnswer>('AdmitAnswer', { reject: isText, field: isTextOrAbsent, seen: isTextOrAbsent }),
  ),
  /** A job ended, in whatever way. Runs even for extensions at fault. */
  done: observe<JobOutcome, JobScope>({ always: true }),
} as const;
