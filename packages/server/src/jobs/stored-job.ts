import { z } from 'zod';

export const jobStatus = z.enum(['queued', 'running', 'done', 'failed', 'cancelled']);
export type JobStatus = z.output<typeof jobStatus>;

export const jobFile = z.object({ path: z.string(), digest: z.string(), inode: z.string().optional() });
/** A file that an attempt has made, or was about to make. */
export type JobFile = Readonly<z.output<typeof jobFile>>;

export const jobProblem = z.object({ code: z.string(), message: z.string() });

/** A job as the journal knows it. Times are milliseconds since the epoch. */
export const storedJobSchema = z.object({
  id: z.uuid(),
  /** Order of acceptance. */
  number: z.int(),
  status: jobStatus,
  priority: z.int(),
  /** Attempts begun, those that a stop of the server gave back not counted. */
  attempts: z.int().min(0),
  route: z.enum(['txt2img', 'img2img']),
  /** Beginning of the prompt. */
  prompt: z.string(),
  /** Who sent it: the address. */
  client: z.string(),
  key: z.string().optional(),
  /** Of the request as it was sent: another one under the same key is refused. */
  digest: z.string(),
  /** Whether its pictures are saved in the output folder. */
  save: z.boolean(),
  cancelling: z.boolean(),
  /** What it needs to be made, while it has not ended; a long one (given pictures) stands in a file of its own. */
  request: z.unknown().optional(),
  acceptedAt: z.number(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
  /** Pictures of the result. */
  images: z.int().optional(),
  error: jobProblem.optional(),
  /** What the running attempt has put on disk. */
  files: z.array(jobFile).readonly(),
});
export type StoredJob = Readonly<z.output<typeof storedJobSchema>>;

export const hasEnded = ({ status }: StoredJob): boolean => status !== 'queued' && status !== 'running';
