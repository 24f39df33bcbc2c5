import { z } from 'zod';
import { jobFile, jobProblem, storedJobSchema } from './stored-job.js';

const id = z.uuid();

/** A line of the journal. Another version of the program may add kinds; it never changes one. */
export const jobLine = z.discriminatedUnion('line', [
  /** Accepted, or what is known of a job when the journal is written anew. */
  z.object({ line: z.literal('job'), job: storedJobSchema }),
  z.object({ line: z.literal('started'), id, at: z.number() }),
  z.object({ line: z.literal('saving'), id, ...jobFile.shape }),
  z.object({ line: z.literal('cancelling'), id }),
  z.object({ line: z.literal('requeued'), id, attempts: z.int() }),
  z.object({
    line: z.literal('ended'),
    id,
    status: z.enum(['done', 'failed', 'cancelled']),
    at: z.number(),
    images: z.int().optional(),
    error: jobProblem.optional(),
  }),
  z.object({ line: z.literal('removed'), id }),
]);
export type JobLine = z.output<typeof jobLine>;
